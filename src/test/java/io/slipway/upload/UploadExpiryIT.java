package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of sessions that nobody goes on with, and of those a dead process left. */
class UploadExpiryIT {
  private static final String REPOSITORY = "left/behind";
  private static final byte[] BLOB = PushClient.bytes(20, 300_000);
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path data;
  private StoredData stored;

  @BeforeEach
  void looks() {
    stored = StoredData.of(data);
  }

  @Test
  void endsAStaleSessionOnATimer() {
    try (TestRegistry registry = TestRegistry.start(data, "uploads.timeout", "1s")) {
      PushClient client = new PushClient(registry.port());
      String session = client.start(REPOSITORY);
      client.patch(session, 0, BLOB);
      assertThat(stored.staged()).hasSize(1);
      Eventually.happens("the bytes go", () -> stored.staged().isEmpty());
      Eventually.happens("the row goes", () -> stored.query("SELECT id FROM upload").isEmpty());
      assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(404);
    }
  }

  /** It may take longer altogether than it may be silent. */
  @Test
  void letsASlowWriterGoOn() {
    try (TestRegistry registry = TestRegistry.start(data, "uploads.timeout", "1s");
        WireConnection slow = WireConnection.open(registry.port())) {
      PushClient client = new PushClient(registry.port());
      String session = client.start(REPOSITORY);
      slow.head("PATCH", session, "Content-Length", Integer.toString(BLOB.length));
      int piece = BLOB.length / 20;
      long start = System.nanoTime();
      for (int sent = 0; sent < BLOB.length; sent += piece) {
        long due = start + sent / piece * 150_000_000L;
        Eventually.happens("it is time", () -> System.nanoTime() > due);
        slow.send(BLOB, sent, piece);
      }
      assertThat(slow.readHead().status()).isEqualTo(202);
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(201);
    }
    stored.requireAgreement();
  }

  @Test
  void endsAStaleSessionAtStart() {
    String session;
    try (TestRegistry registry = TestRegistry.start(data)) {
      PushClient client = new PushClient(registry.port());
      session = client.start(REPOSITORY);
      client.patch(session, 0, BLOB);
    }
    stored.update("UPDATE upload SET beat_at = beat_at - 3700000");
    try (TestRegistry registry = TestRegistry.start(data)) {
      PushClient client = new PushClient(registry.port());
      Eventually.happens("the bytes go", () -> stored.staged().isEmpty());
      Eventually.happens("the row goes", () -> stored.query("SELECT id FROM upload").isEmpty());
      assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
    }
  }

  @OneProfile("in a bucket, a daily listing finds them")
  @Test
  void deletesBytesWithoutASessionAtStart() throws IOException {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
    }
    Files.write(data.resolve("uploads").resolve("00000000-0000-4000-8000-000000000000"), BLOB);
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
      assertThat(stored.staged()).isEmpty();
    }
  }

  /** The process died between the seal and the rename. */
  @OneProfile("rows tell more about a bucket: S3SealIT")
  @Test
  void completesASealedSessionWhoseBytesAreStaged() {
    String session = seal();
    restartAndPull(session);
  }

  /** The process died between the rename and the transaction. */
  @OneProfile("rows tell more about a bucket: S3SealIT")
  @Test
  void completesASealedSessionWhoseBytesArePublished() throws IOException {
    String session = seal();
    Path staged = data.resolve("uploads").resolve(stored.staged().getFirst());
    Files.move(staged, stored.file(digest(BLOB)), StandardCopyOption.ATOMIC_MOVE);
    restartAndPull(session);
  }

  /** Leaves behind what the death of a process would after a session was sealed. */
  private String seal() {
    String session;
    try (TestRegistry registry = TestRegistry.start(data)) {
      PushClient client = new PushClient(registry.port());
      session = client.start(REPOSITORY);
      assertThat(client.patch(session, 0, BLOB).statusCode()).isEqualTo(202);
    }
    stored.update("UPDATE upload SET state = 'sealed', digest = '" + digest(BLOB).text() + "'");
    return session;
  }

  private void restartAndPull(String session) {
    try (TestRegistry registry = TestRegistry.start(data)) {
      PushClient client = new PushClient(registry.port());
      assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
      // The client whose answer was lost asks again.
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(201);
    }
    stored.requireAgreement();
    assertThat(stored.staged()).isEmpty();
  }

  @Test
  void tellsTheNextProcessThatItRunsBeforeItServes() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
      assertThat(data.resolve("running")).exists();
    }
    assertThat(data.resolve("running")).doesNotExist();
  }

  /** A request that goes on and the end of the session are decided by one row. */
  @Test
  void letsOneOfFinishAndExpiryWin() {
    try (TestRegistry registry =
        TestRegistry.start(data, "uploads.timeout", "1s", "uploads.max_age", "1s")) {
      PushClient client = new PushClient(registry.port());
      List<String> sessions = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        sessions.add(client.start(REPOSITORY));
        client.patch(sessions.getLast(), 0, PushClient.bytes(100 + i, 50_000));
      }
      long start = System.nanoTime();
      for (int i = 0; i < sessions.size(); i++) {
        long due = start + (700 + i * 30) * 1_000_000L;
        Eventually.happens("it is time", () -> System.nanoTime() > due);
        byte[] blob = PushClient.bytes(100 + i, 50_000);
        int status = client.finish(sessions.get(i), digest(blob), NOTHING).statusCode();
        assertThat(status).isIn(201, 404);
        assertThat(client.blob(REPOSITORY, digest(blob)).statusCode())
            .isEqualTo(status == 201 ? 200 : 404);
      }
      Eventually.happens("no bytes stay", () -> stored.staged().isEmpty());
    }
    stored.requireAgreement();
  }
}
