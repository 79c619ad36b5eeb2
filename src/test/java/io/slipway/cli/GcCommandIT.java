package io.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import io.slipway.testing.StoredData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, beside a registry and without one. */
class GcCommandIT {
  private static final Map<String, String> BY_HAND = Map.of("gc.enabled", "false");
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);

  /** What takes a collection seconds: blobs without bytes, which no count of the registry knows. */
  private static final String MUCH =
      """
      WITH RECURSIVE n (i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
      INSERT INTO blob (digest, size, location, created_at, touched_at)
      SELECT 'sha256:' || i || '%1$s', 0, 'blobs/sha256/' || substr(i, 1, 2) || '/' || i || '%1$s', 1, 1 FROM n"""
          .formatted("0".repeat(59));

  private static final byte[] ORPHAN = PushClient.bytes(1, 1000);

  @TempDir Path data;

  /** Pushes an image and two blobs that nothing names, one of them large. */
  private static void push(ChildRegistry registry) {
    PushClient client = registry.client();
    assertThat(client.pushBlob("app", CONFIG).statusCode()).isEqualTo(201);
    byte[] layer = PushClient.bytes(2, 10);
    assertThat(client.pushBlob("app", layer).statusCode()).isEqualTo(201);
    byte[] manifest = PushClient.manifest(CONFIG, layer);
    assertThat(client.pushManifest("app", "latest", manifest).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob("app", ORPHAN).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob("app", PushClient.bytes(3, 1_500_000)).statusCode()).isEqualTo(201);
  }

  private void says(String expected, String... arguments) {
    assertThat(ChildCommand.run(data, arguments)).isEqualTo(new ChildCommand(0, expected, ""));
  }

  @Test
  void asksTheServerThatRuns() {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      collectsStepByStep();
      assertThat(registry.client().blob("app", PushClient.digest(ORPHAN)).statusCode())
          .isEqualTo(404);
      assertThat(registry.client().blob("app", PushClient.digest(CONFIG)).statusCode())
          .isEqualTo(200);
      assertThat(registry.stop()).isZero();
    }
    StoredData.of(data).requireAgreement();
  }

  private void collectsStepByStep() {
    says("Would delete 0 unreferenced blobs (0 B)\n", "gc", "--dry-run");
    String would = "Would delete 2 unreferenced blobs (1.5 MB)\n";
    says(would, "gc", "--dry-run", "--grace", "0s");
    says(would + "nothing was deleted: use --delete\n", "gc", "--grace", "0s");
    ChildCommand deleted = ChildCommand.run(data, "gc", "--delete", "--grace", "0s", "--verbose");
    assertThat(deleted.code()).as(deleted.err()).isZero();
    assertThat(deleted.out().lines())
        .hasSize(3)
        .contains(PushClient.digest(ORPHAN) + " (1.0 kB): no manifest names it")
        .endsWith("Deleted 2 blobs, reclaimed 1.5 MB");
    says("Deleted 0 blobs, reclaimed 0 B\n", "gc", "--delete", "--grace", "0s");
  }

  @Test
  void worksItselfWithoutAServer() {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      assertThat(registry.stop()).isZero();
    }
    collectsStepByStep();
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      assertThat(registry.client().blob("app", PushClient.digest(CONFIG)).statusCode())
          .isEqualTo(200);
      assertThat(registry.stop()).isZero();
    }
    StoredData.of(data).requireAgreement();
  }

  @Test
  void worksItselfAfterAServerWasKilled() {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      registry.kill();
    }
    says("Deleted 2 blobs, reclaimed 1.5 MB\n", "gc", "--delete", "--grace", "0s");
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      assertThat(registry.stop()).isZero();
    }
    StoredData.of(data).requireAgreement();
  }

  /** Two that work on the same files would take from each other what the other counts on. */
  @Test
  @OneProfile("of shared stores there is no one who has them")
  void keepsAServerAwayThatStartsMeanwhile() {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      assertThat(registry.stop()).isZero();
    }
    StoredData.of(data).update(MUCH);
    Process collection = ChildCommand.launch(data, BY_HAND, "gc", "--delete", "--grace", "0s");
    try {
      String holder = "registry gc (process " + collection.pid() + ")";
      Path lock = data.resolve("slipway.lock");
      Eventually.happens("it has the folder", () -> content(lock).strip().equals(holder));
      Signal.stop(collection.pid());
      ChildCommand refused =
          ChildCommand.run(data, "serve", "--port", "0", "--data", data.toString());
      assertThat(refused.code()).as("%s", refused).isEqualTo(1);
      assertThat(refused.out() + refused.err())
          .contains(
              "tried to use the data folder "
                  + data
                  + " but "
                  + holder
                  + " is using it: try again when that has ended")
          .doesNotContain("listens on", "\tat ");
      Signal.wake(collection.pid());
      assertThat(ChildCommand.end(collection))
          .isEqualTo(new ChildCommand(0, "Deleted 10002 blobs, reclaimed 1.5 MB\n", ""));
    } finally {
      collection.destroyForcibly();
    }
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      assertThat(registry.client().blob("app", PushClient.digest(CONFIG)).statusCode())
          .isEqualTo(200);
      assertThat(registry.stop()).isZero();
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void asksTheServerThatIsNamedAndNoOther() {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      ChildCommand wrong =
          ChildCommand.run(
              data, "gc", "--delete", "--grace", "0s", "--server", "http://127.0.0.1:1");
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.out()).isEmpty();
      assertThat(wrong.err())
          .isEqualTo(
              "registry: tried to have the registry at http://127.0.0.1:1 collect its garbage but"
                  + " Connection refused\n");
      String right = "http://127.0.0.1:" + registry.port() + "/";
      says(
          "Deleted 2 blobs, reclaimed 1.5 MB\n",
          "gc",
          "--delete",
          "--grace",
          "0s",
          "--server",
          right);
    }
  }

  @Test
  @OneProfile("on shared stores it works itself, whoever else does")
  void touchesNothingWhenTheServerDoesNotAnswer() throws IOException {
    try (ChildRegistry registry = ChildRegistry.start(data, BY_HAND)) {
      push(registry);
      // As of a server that listens where this machine cannot reach it.
      Files.writeString(data.resolve("slipway.lock"), "http://127.0.0.1:1\n");
      ChildCommand refused = ChildCommand.run(data, "gc", "--delete", "--grace", "0s");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).endsWith("Connection refused\n");
      Files.writeString(data.resolve("slipway.lock"), "");
      ChildCommand silent = ChildCommand.run(data, "gc", "--delete", "--grace", "0s");
      assertThat(silent.code()).isEqualTo(1);
      assertThat(silent.err()).endsWith("is using it, which does not listen yet\n");
      assertThat(registry.client().blob("app", PushClient.digest(ORPHAN)).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void makesNoFolder() {
    Path none = data.resolve("none");
    ChildCommand refused = ChildCommand.run(none, "gc", "--delete");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(none).doesNotExist();
  }
}
