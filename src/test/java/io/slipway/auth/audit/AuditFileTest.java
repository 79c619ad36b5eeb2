package io.slipway.auth.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir Path folder;

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private AuditFile file(Path path) {
    return new AuditFile(vertx, path, meters);
  }

  private static List<AuditEntry> entries(String... events) {
    return List.of(events).stream()
        .map(
            event ->
                new AuditEntry(
                    event,
                    1000,
                    "ann\n",
                    "192.0.2.1",
                    "tag.moved",
                    AuditOutcome.DONE,
                    Optional.empty(),
                    Optional.empty(),
                    "\u2028",
                    1))
        .toList();
  }

  private static boolean write(AuditFile file) throws Exception {
    Future<Boolean> written = file.write();
    return written.await(10, TimeUnit.SECONDS);
  }

  private static List<String> events(Path path) throws IOException {
    return Files.readString(path)
        .lines()
        .map(line -> new JsonObject(line).getString("event"))
        .toList();
  }

  @Test
  void appendsLinesAndFollowsNoFileThatWasMovedAway() throws Exception {
    Path path = folder.resolve("audit.json");
    AuditFile file = file(path);
    file.add(entries("a", "b"));
    assertThat(write(file)).isFalse();
    assertThat(events(path)).containsExactly("a", "b");
    assertThat(Files.getPosixFilePermissions(path))
        .doesNotContain(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
    Files.move(path, folder.resolve("audit.json.1"));
    file.add(entries("c"));
    write(file);
    assertThat(events(path)).containsExactly("c");
    assertThat(events(folder.resolve("audit.json.1"))).containsExactly("a", "b");
  }

  @Test
  void beginsALineBehindOneThatIsTorn() throws Exception {
    Path path = folder.resolve("audit.json");
    Files.writeString(path, "{\"event\":\"to");
    AuditFile file = file(path);
    file.add(entries("a"));
    write(file);
    assertThat(Files.readAllLines(path)).hasSize(2).element(1).asString().contains("\"a\"");
  }

  @Test
  void keepsLinesForADiskThatComesBack() throws Exception {
    Path path = folder.resolve("later").resolve("audit.json");
    AuditFile file = file(path);
    file.add(entries("a"));
    assertThat(file.write().otherwise(true).await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(meters.counter("slipway.audit.file.failures").count()).isEqualTo(1);
    for (int i = 0; i < AuditFile.MOST + 4; i++) {
      file.add(entries("e" + i));
    }
    assertThat(meters.counter("slipway.audit.dropped", "to", "file").count()).isEqualTo(5);
    Files.createDirectory(path.getParent());
    while (write(file)) {
      // The next batch.
    }
    assertThat(events(path)).hasSize(AuditFile.MOST).startsWith("a", "e0");
  }
}
