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
    LocalImage.JAVA.make(folder);
    docker()
        .print(
            "build",
            "--network",
            "none",
            "--build-arg",
            "BASE_IMAGE=" + LocalImage.JAVA.tag(),
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
