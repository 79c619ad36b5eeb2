import java.io.IOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prepares libraries for quick starts: {@code Libraries.java FOLDER PICOCLI SQLITE EPOLL}, of which
 * the last one lacks what names a platform.
 *
 * <p>The start cache takes no class of before Java 6, for those have no stack maps; picocli's are
 * of Java 5, and would be read and verified the old way at each start. They get stack maps, and
 * stay as they are otherwise.
 *
 * <p>SQLite's driver and Netty unpack their native code into the folder for temporary files at each
 * start; the driver runs {@code uname} first. What this machine takes is unpacked here.
 */
class Libraries {
  /** What stack maps came with. */
  private static final int STACK_MAPS = ClassFile.JAVA_6_VERSION;

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    addStackMaps(folder.resolve(args[1]));
    if (System.getProperty("os.name").equals("Linux")) {
      unpack(folder, args[2], args[3]);
    }
  }

  /** In a copy that takes the place of the old one, which a registry may be reading. */
  private static void addStackMaps(Path jar) throws IOException {
    Path copy = Files.copy(jar, Path.of(jar + ".new"), StandardCopyOption.REPLACE_EXISTING);
    try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        FileSystem files = FileSystems.newFileSystem(copy)) {
      ClassHierarchyResolver types =
          ClassHierarchyResolver.ofResourceParsing(classes)
              .orElse(ClassHierarchyResolver.defaultResolver());
      ClassFile format = ClassFile.of(ClassHierarchyResolverOption.of(types));
      for (Path file : classFiles(files.getPath("/"))) {
        ClassModel model = format.parse(Files.readAllBytes(file));
        if (model.majorVersion() < STACK_MAPS) {
          Files.write(file, withStackMaps(format, model));
        }
      }
    }
    Files.move(copy, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<Path> classFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  /** Code that is written anew, in a format that wants them, gets stack maps. */
  private static byte[] withStackMaps(ClassFile format, ClassModel model) {
    return format.build(
        model.thisClass().asSymbol(),
        made -> {
          made.withVersion(ClassFile.JAVA_17_VERSION, 0);
          for (ClassElement part : model) {
            switch (part) {
              case ClassFileVersion _ -> {}
              case MethodModel method ->
                  made.transformMethod(
                      method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
              default -> made.with(part);
            }
          }
        });
  }

  private static void unpack(Path folder, String sqlite, String epoll) throws IOException {
    Path target = Files.createDirectories(folder.resolve("native"));
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    unpack(
        folder.resolve(sqlite),
        "org/sqlite/native/Linux/%s/libsqlitejdbc.so".formatted(arm ? "aarch64" : "x86_64"),
        target);
    String netty = arm ? "aarch_64" : "x86_64";
    unpack(
        folder.resolve(epoll + "-linux-" + netty + ".jar"),
        "META-INF/native/libnetty_transport_native_epoll_" + netty + ".so",
        target);
  }

  private static void unpack(Path jar, String entry, Path folder) throws IOException {
    try (FileSystem files = FileSystems.newFileSystem(jar)) {
      Path from = files.getPath(entry);
      Path to = folder.resolve(from.getFileName().toString());
      Path copy = Files.copy(from, Path.of(to + ".new"), StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
