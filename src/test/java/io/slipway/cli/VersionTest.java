package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void isTheOneTheBuildWrote() throws Exception {
    assertThat(new Version().getVersion()).singleElement().asString().matches("Slipway \\d+\\..*");
  }

  @Test
  void isPrintedOnRequest() {
    assertThat(Main.execute("--version")).isZero();
  }
}
