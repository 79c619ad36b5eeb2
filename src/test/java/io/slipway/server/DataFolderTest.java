package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path path;

  @Test
  void belongsToOneProcessAtATime() throws IOException {
    DataFolder folder = DataFolder.take(path);
    assertThatThrownBy(() -> DataFolder.take(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another registry is using it");
    folder.release(true);
    DataFolder.take(path).release(true);
  }

  @Test
  void tellsTheNextProcessThatThisOneDidNotEndWell() throws IOException {
    Instant before = Instant.now();
    DataFolder killed = DataFolder.take(path);
    killed.beat();
    killed.release(false);
    DataFolder next = DataFolder.take(path);
    assertThat(next.uncleanSince().orElseThrow()).isBetween(before.minusSeconds(61), before);
    next.release(true);
  }

  @Test
  void forgetsNothingWhenAStartFailedBeforeTheRepair() throws IOException {
    DataFolder killed = DataFolder.take(path);
    killed.beat();
    killed.release(false);
    DataFolder.take(path).release(true);
    DataFolder next = DataFolder.take(path);
    assertThat(next.uncleanSince()).isPresent();
    next.beat();
    next.release(true);
    DataFolder last = DataFolder.take(path);
    assertThat(last.uncleanSince()).isEmpty();
    last.release(true);
  }
}
