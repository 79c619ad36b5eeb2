package io.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MainIT {
  @Test
  void startsFromTheJar() throws Exception {
    Process registry = start("--version");
    assertThat(new String(registry.getInputStream().readAllBytes(), UTF_8)).startsWith("Slipway ");
    assertThat(registry.waitFor()).isZero();
  }

  @Test
  void endsWithTwoOnWrongUsage() throws Exception {
    assertThat(start("--no-such-option").waitFor()).isEqualTo(2);
  }

  private static Process start(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Stream.of("slipway.test.agent", "slipway.test.flags")
        .flatMap(flags -> Stream.of(System.getProperty(flags, "").split(" ")))
        .filter(flag -> !flag.isBlank())
        .forEach(command::add);
    command.addAll(List.of("-jar", Path.of("target", "registry.jar").toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
