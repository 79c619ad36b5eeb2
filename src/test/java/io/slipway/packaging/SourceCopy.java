package io.slipway.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A copy of what the launcher needs, as a fresh clone would have it: nothing built. */
record SourceCopy(Path folder) {
  /** What one launch printed on both streams, and its exit code. */
  record Outcome(int code, String output) {}

  static SourceCopy in(Path folder) throws IOException {
    for (String name : List.of("registry", "pom.xml", "build", "config", "src/main")) {
      copy(Path.of(name), folder.resolve(name));
    }
    return new SourceCopy(folder);
  }

  /** The registry as Maven has just built it, the benchmarks, and what starts nodes. */
  static SourceCopy withBenchmarks(Path folder) throws IOException {
    for (String name :
        List.of(
            "registry",
            "build",
            "cluster/up",
            "cluster/haproxy.cfg",
            "target/registry.jar",
            "target/lib")) {
      copy(Path.of(name), folder.resolve(name));
    }
    Path benchmarks = Path.of("benchmarks");
    try (Stream<Path> parts = Files.list(benchmarks)) {
      for (Path part : parts.filter(part -> !part.endsWith("target")).toList()) {
        copy(part, folder.resolve(part.toString()));
      }
    }
    return new SourceCopy(folder);
  }

  Path launcher() {
    return folder.resolve("registry");
  }

  /** The start cache of the only JDK that launched here. */
  Path cache() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("target/aot"))) {
      return files.filter(file -> file.toString().endsWith(".aot")).findFirst().orElseThrow();
    }
  }

  Process start(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(launcher(), directory, environment, arguments);
  }

  static Process start(
      Path launcher, Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Outcome outcome(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, COPY_ATTRIBUTES);
      }
    }
  }
}
