package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.cli.JarProcess.Outcome;
import io.slipway.testing.OneProfile;
import org.junit.jupiter.api.Test;

@OneProfile("without a registry")
class MainIT {
  @Test
  void startsFromTheJar() throws Exception {
    Outcome outcome = run("--version");
    assertThat(outcome.output()).startsWith("Slipway ");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void endsWithTwoOnWrongUsage() throws Exception {
    assertThat(run("--no-such-option").code()).isEqualTo(2);
  }

  private static Outcome run(String... arguments) throws Exception {
    try (JarProcess registry = JarProcess.start(arguments)) {
      return registry.outcome();
    }
  }
}
