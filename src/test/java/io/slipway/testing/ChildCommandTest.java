package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChildCommandTest {
  @Test
  void readsMoreThanFitsIntoThePipes() throws IOException {
    String much = "head -c 200000 /dev/zero | tr '\\0' x";
    ChildCommand command =
        ChildCommand.end(
            new ProcessBuilder("sh", "-c", much + "; " + much + " >&2; exit 3").start());
    assertThat(command.code()).isEqualTo(3);
    assertThat(command.out()).hasSize(200_000);
    assertThat(command.err()).hasSize(200_000);
  }
}
