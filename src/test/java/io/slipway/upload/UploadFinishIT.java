package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last request of an upload, alone and against others. */
class UploadFinishIT {
  private static final String REPOSITORY = "finish/uploads";
  private static final byte[] NOTHING = new byte[0];

  @TempDir static Path data;
  private static TestRegistry registry;
  private static PushClient client;

  @BeforeAll
  static void starts() {
    registry = TestRegistry.start(data);
    client = new PushClient(registry.port());
  }

  @AfterAll
  static void agrees() {
    registry.close();
    StoredData stored = StoredData.of(data);
    stored.requireAgreement();
    assertThat(stored.staged()).isEmpty();
  }

  @Test
  void leavesTheSessionAsItWasAfterAWrongDigest() {
    byte[] blob = PushClient.bytes(10, 400_000);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, Arrays.copyOf(blob, 300_000));
    byte[] rest = Arrays.copyOfRange(blob, 300_000, blob.length);
    byte[] wrong = PushClient.bytes(11, 100_000);
    HttpResponse<byte[]> refused = client.finish(session, digest(blob), wrong);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(client.received(session)).isEqualTo(300_000);
    assertThat(client.blob(REPOSITORY, digest(blob)).statusCode()).isEqualTo(404);
    assertThat(client.finish(session, digest(blob), rest).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest(blob)).body()).isEqualTo(blob);
  }

  @Test
  void answersARepeatedRequestAsTheFirst() {
    byte[] blob = PushClient.bytes(12, 1000);
    String session = client.start(REPOSITORY);
    for (int i = 0; i < 3; i++) {
      assertThat(client.finish(session, digest(blob), blob).statusCode()).isEqualTo(201);
    }
    Digest other = digest(PushClient.bytes(13, 1000));
    assertThat(client.finish(session, other, NOTHING).statusCode()).isEqualTo(404);
    assertThat(client.patch(session, 1000, blob).statusCode()).isEqualTo(404);
    assertThat(client.send("DELETE", session).statusCode()).isEqualTo(404);
    assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
    assertThat(client.blob(REPOSITORY, digest(blob)).body()).isEqualTo(blob);
  }

  @Test
  void readsTheBytesBackForAnotherAlgorithm() {
    byte[] blob = PushClient.bytes(14, 700_000);
    Digest digest = Digest.of(DigestAlgorithm.SHA512, blob);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, Arrays.copyOf(blob, 500_000));
    byte[] rest = Arrays.copyOfRange(blob, 500_000, blob.length);
    assertThat(client.finish(session, digest, rest).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest).body()).isEqualTo(blob);
    assertThat(client.blob(REPOSITORY, digest(blob)).statusCode()).isEqualTo(404);
  }

  @Test
  void takesABlobOfNothing() {
    String session = client.start(REPOSITORY);
    assertThat(client.finish(session, digest(NOTHING), NOTHING).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest(NOTHING)).body()).isEmpty();
    assertThat(client.pushBlob("another/repository", NOTHING).statusCode()).isEqualTo(201);
  }

  /** Of finishing and cancelling one session exactly one wins, and neither leaves bytes behind. */
  @RepeatedTest(15)
  void letsOneOfFinishAndCancelWin() {
    byte[] blob = PushClient.bytes(System.nanoTime(), 200_000);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, blob);
    CompletableFuture<HttpResponse<byte[]>> cancelled =
        CompletableFuture.supplyAsync(() -> client.send("DELETE", session));
    HttpResponse<byte[]> finished = client.finish(session, digest(blob), NOTHING);
    boolean won = finished.statusCode() == 201;
    assertThat(cancelled.join().statusCode()).isEqualTo(won ? 404 : 204);
    assertThat(finished.statusCode()).isIn(201, 404);
    assertThat(client.blob(REPOSITORY, digest(blob)).statusCode()).isEqualTo(won ? 200 : 404);
    assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
  }

  /** Twins share one place: whoever fails must not take the other's bytes away. */
  @RepeatedTest(10)
  void finishesTheSameBlobFromSeveralSessionsAtOnce() {
    byte[] blob = PushClient.bytes(System.nanoTime(), 100_000);
    CompletableFuture<?>[] pushes = new CompletableFuture<?>[8];
    for (int i = 0; i < pushes.length; i++) {
      String repository = "twin/number" + i;
      String session = client.start(repository);
      client.patch(session, 0, blob);
      boolean cancels = i % 3 == 0;
      pushes[i] =
          CompletableFuture.runAsync(
              () -> {
                CompletableFuture<?> cancel =
                    CompletableFuture.runAsync(
                        () -> {
                          if (cancels) {
                            client.send("DELETE", session);
                          }
                        });
                boolean won = client.finish(session, digest(blob), NOTHING).statusCode() == 201;
                cancel.join();
                HttpResponse<byte[]> pulled = client.blob(repository, digest(blob));
                assertThat(pulled.statusCode()).isEqualTo(won ? 200 : 404);
                assertThat(won || cancels).isTrue();
              });
    }
    CompletableFuture.allOf(pushes).join();
  }
}
