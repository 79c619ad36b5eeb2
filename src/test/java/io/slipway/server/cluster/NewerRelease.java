package io.slipway.server.cluster;

import io.slipway.runtime.BusAddress;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Makes the classes of a release that speaks the next version of every message, and of the entries
 * of the shared map, out of those of this one.
 */
final class NewerRelease {
  private NewerRelease() {}

  /** Writes what differs into a folder; returns a class path. */
  static String classPath(Path folder) throws IOException {
    write(folder, BusAddress.class, Set.of("<init>"), raisedField());
    write(folder, UploadBoard.Entry.class, Set.of("text", "parse"), raisedConstant());
    return folder + File.pathSeparator + System.getProperty("java.class.path");
  }

  /** One more into the field of each address. */
  private static CodeTransform raisedField() {
    return (code, element) -> {
      if (element instanceof FieldInstruction field
          && field.opcode() == Opcode.PUTFIELD
          && field.name().equalsString("version")) {
        code.iconst_1().iadd();
      }
      code.with(element);
    };
  }

  /** The compiler wrote the version wherever it is used. */
  private static CodeTransform raisedConstant() {
    return (code, element) -> {
      if (element instanceof ConstantInstruction constant
          && Integer.valueOf(UploadBoard.VERSION).equals(constant.constantValue())) {
        code.loadConstant(UploadBoard.VERSION + 1);
      } else {
        code.with(element);
      }
    };
  }

  private static void write(Path folder, Class<?> type, Set<String> methods, CodeTransform change)
      throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
      ClassFile file = ClassFile.of();
      byte[] changed =
          file.transformClass(
              file.parse(in.readAllBytes()),
              ClassTransform.transformingMethodBodies(
                  method -> methods.contains(method.methodName().stringValue()), change));
      Path target = folder.resolve(name);
      Files.createDirectories(target.getParent());
      Files.write(target, changed);
    }
  }
}
