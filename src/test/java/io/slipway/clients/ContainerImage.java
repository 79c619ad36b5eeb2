package io.slipway.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The image of the Dockerfile at the root of the project, built on a base made of programs of this
 * machine, so that nothing comes from a network.
 */
final class ContainerImage {
  static final String NAME = "slipway:built";

  private static final String BASE_NAME = "slipway-base:local";

  /** What a base must have: a Java, a shell, a few programs, and what they are linked with. */
  private static final String BASE =
      """
      mkdir -p base/opt base/bin base/tmp base/etc
      chmod 1777 base/tmp
      "$JDK/bin/jlink" --output base/opt/java --strip-debug --no-header-files --no-man-pages \
        --add-modules java.desktop,java.management,java.naming,java.sql,jdk.crypto.ec,jdk.unsupported
      ln -s /opt/java/bin/java base/bin/java
      programs=$(for name in dash id stat chown cp mktemp mkdir rm sleep cat setpriv; do command -v "$name"; done)
      cp $programs base/bin
      ln -s dash base/bin/sh
      find base/opt/java -name '*.so' -o -name java -type f | xargs ldd $programs |
        sed -n 's/.*[ \\t]\\(\\/[^ ]*\\) (.*/\\1/p' | grep -v opt/java | sort -u | while read -r library; do
          [ -e "base$library" ] || cp --parents "$library" base
        done
      tar -C base -c . | docker import - "$NAME"
      rm -rf base
      """;

  private ContainerImage() {}

  /** Returns the address of the engine of this run. */
  static String engine() {
    return Objects.requireNonNull(System.getenv("SLIPWAY_DOCKER_HOST"), "SLIPWAY_DOCKER_HOST");
  }

  /** Returns the client of that engine, with the builder that every engine has. */
  static Program docker() {
    return Program.of("docker").with("DOCKER_HOST", engine()).with("DOCKER_BUILDKIT", "0");
  }

  /** Builds the image; the folder is for what lies around meanwhile. */
  static void build(Path folder) throws Exception {
    if (docker().run("image", "inspect", BASE_NAME).code() != 0) {
      Program.bash()
          .in(folder)
          .with("JDK", System.getProperty("java.home"))
          .with("NAME", BASE_NAME)
          .with("DOCKER_HOST", engine())
          .print(BASE);
    }
    docker()
        .print(
            "build",
            "--network",
            "none",
            "--build-arg",
            "BASE_IMAGE=" + BASE_NAME,
            "-t",
            NAME,
            ".");
  }

  /** Makes an image of one file, for pushing. */
  static void tiny(Path folder, String name) throws Exception {
    Path content = Files.createDirectories(folder.resolve(name));
    Files.write(content.resolve("file"), Contents.random(1_000_000, name.hashCode()));
    Path tar = folder.resolve(name + ".tar");
    Program.of("tar").print("-C", content.toString(), "-cf", tar.toString(), "file");
    docker().print("import", tar.toString(), name + ":local");
  }

  /** Reads what a program prints until a text is in it; fails when the program ends before. */
  static void awaitOutput(String text, Program program, String... arguments) throws IOException {
    Process process = program.start(arguments);
    StringBuilder printed = new StringBuilder();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        printed.append(line).append('\n');
        if (line.contains(text)) {
          return;
        }
      }
    } finally {
      process.destroy();
    }
    throw new AssertionError("waited in vain for " + text + " in: " + printed);
  }
}
