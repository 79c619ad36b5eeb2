package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
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
  void tellsWhoHasIt() throws IOException {
    DataFolder folder = DataFolder.take(path);
    assertThat(refusal()).hasMessageEndingWith("which does not listen yet");
    assertThat(refusal().server()).isEmpty();
    folder.serves(URI.create("http://127.0.0.1:5000"));
    assertThat(refusal())
        .hasMessageEndingWith("another registry is using it, at http://127.0.0.1:5000");
    assertThat(refusal().server()).contains(URI.create("http://127.0.0.1:5000"));
    folder.runs("registry gc (process 7)");
    assertThat(refusal())
        .hasMessageEndingWith("registry gc (process 7) is using it: try again when that has ended");
    assertThat(refusal().server()).isEmpty();
    folder.release(true);
    DataFolder next = DataFolder.take(path);
    assertThat(refusal()).as("nothing of the one before").hasMessageEndingWith("listen yet");
    next.release(true);
  }

  private FolderInUseException refusal() {
    return catchThrowableOfType(FolderInUseException.class, () -> DataFolder.take(path));
  }

  @Test
  void keepsItsNames() throws IOException {
    DataFolder folder = DataFolder.take(path);
    assertThat(folder.knownId()).isEmpty();
    String id = folder.id();
    String node = folder.nodeId();
    String secret = folder.tokenSecret().reveal();
    folder.release(true);
    DataFolder again = DataFolder.take(path);
    assertThat(again.knownId()).contains(id);
    assertThat(again.nodeId()).isEqualTo(node).isNotEqualTo(id);
    assertThat(again.tokenSecret().reveal()).isEqualTo(secret);
    again.release(true);
  }

  /** As a loss of power leaves a file whose name was durable before its bytes. */
  @Test
  void takesNoEmptyFileForAName() throws IOException {
    DataFolder folder = DataFolder.take(path);
    for (String name : List.of("storage.id", "node.id", "token.key")) {
      Files.writeString(path.resolve(name), "\n");
    }
    assertRefused(folder::knownId, "storage.id", "write the name of its registry into it");
    assertRefused(folder::id, "storage.id", "the object owner/<name>");
    assertRefused(folder::nodeId, "node.id", "delete it");
    assertRefused(folder::tokenSecret, "token.key", "delete it");
    Files.writeString(path.resolve("owner.key"), "");
    assertThat(DataFolder.ownerKey(path)).as("another one at each start").isEmpty();
    folder.release(true);
  }

  private void assertRefused(ThrowableAssert.ThrowingCallable read, String file, String advice) {
    assertThatThrownBy(read)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("tried to read " + path.resolve(file) + " but it is empty")
        .hasMessageContaining(advice);
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
