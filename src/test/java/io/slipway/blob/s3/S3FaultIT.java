package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes while S3 fails, at every request of theirs: nothing is lost, and nobody is told 500. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OneProfile("of a bucket that the test has for itself")
class S3FaultIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];
  private static final int FOR_EVER = 1_000_000;

  private static final String CREATE = "^POST uploads/[^?]*\\?uploads";
  private static final String PART = "^PUT uploads/.*partNumber";
  private static final String PUT = "^PUT uploads/[^?]*$";
  private static final String COMPLETE = "^POST uploads/.*uploadId";

  @TempDir static Path data;
  private final FakeS3 fake = new FakeS3();
  private TestRegistry registry;
  private PushClient client;
  private int seed;

  @BeforeAll
  void start() {
    String[] settings = Arrays.copyOf(fake.settings(), fake.settings().length + 2);
    settings[settings.length - 2] = "storage.s3.timeout";
    settings[settings.length - 1] = "1s";
    registry = TestRegistry.start(data, settings);
    client = new PushClient(registry.port());
  }

  @AfterEach
  void wroteEachKeyOnce() {
    assertThat(fake.overwritten()).isEmpty();
  }

  @AfterAll
  void stop() {
    registry.close();
    fake.close();
  }

  private byte[] blob(int size) {
    return bytes(++seed, size);
  }

  private static void require503(HttpResponse<?> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {CREATE, PART, PUT, COMPLETE})
  void triesAgainByItself(String request) {
    byte[] blob = blob(12 * MEBIBYTE);
    S3Fault[] faults = {fake.slowDown(request, 1), fake.error(request, 1), fake.reset(request, 1)};
    String session = client.start(REPOSITORY);
    assertThat(client.patch(session, 0, blob).statusCode()).isEqualTo(202);
    assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
    int hits = Arrays.stream(faults).mapToInt(S3Fault::hits).sum();
    assertThat(hits).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {CREATE, PART, PUT})
  void keepsTheSessionWhenS3StaysAway(String request) {
    byte[] blob = blob(12 * MEBIBYTE);
    byte[] start = Arrays.copyOf(blob, 100_000);
    String session = client.start(REPOSITORY);
    assertThat(client.patch(session, 0, start).statusCode()).isEqualTo(202);
    for (S3Fault fault :
        new S3Fault[] {
          fake.slowDown(request, FOR_EVER),
          fake.reset(request, FOR_EVER),
          fake.denied(request, FOR_EVER)
        }) {
      long stored = client.received(session);
      byte[] rest = Arrays.copyOfRange(blob, (int) stored, blob.length);
      require503(client.patch(session, stored, rest));
      assertThat(client.received(session)).isBetween(stored, (long) blob.length);
      fault.lift();
    }
    long stored = client.received(session);
    byte[] rest = Arrays.copyOfRange(blob, (int) stored, blob.length);
    assertThat(client.finish(session, digest(blob), rest).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  @ParameterizedTest
  @ValueSource(strings = {PART, PUT, COMPLETE})
  void finishesAtTheNextTry(String request) {
    byte[] blob = blob(5 * MEBIBYTE + (request.equals(PUT) ? -9 : 9));
    String session = client.start(REPOSITORY);
    S3Fault fault = fake.slowDown(request, FOR_EVER);
    require503(client.finish(session, digest(blob), blob));
    fault.lift();
    HttpResponse<byte[]> status = client.send("GET", session);
    if (status.statusCode() == 204 && !request.equals(COMPLETE)) {
      byte[] rest = new byte[0];
      long stored = PushClient.received(status);
      if (stored < blob.length) {
        // Of none and of one the API says the same.
        rest = stored == 1 ? blob : Arrays.copyOfRange(blob, (int) stored, blob.length);
      }
      assertThat(client.finish(session, digest(blob), rest).statusCode()).isEqualTo(201);
    } else {
      assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    }
    client.requirePulled(REPOSITORY, blob);
  }

  @ParameterizedTest
  @ValueSource(strings = {CREATE, PART, COMPLETE})
  void keepsTheSessionWhenS3IsFull(String request) {
    byte[] blob = blob(12 * MEBIBYTE);
    byte[] start = Arrays.copyOf(blob, 100_000);
    String session = client.start(REPOSITORY);
    assertThat(client.patch(session, 0, start).statusCode()).isEqualTo(202);
    S3Fault full = fake.full(request, FOR_EVER);
    byte[] rest = Arrays.copyOfRange(blob, start.length, blob.length);
    HttpResponse<byte[]> refused = client.finish(session, digest(blob), rest);
    assertThat(refused.statusCode()).isEqualTo(507);
    long stored = client.received(session);
    assertThat(stored).isBetween((long) start.length, (long) blob.length);
    full.lift();
    byte[] left = Arrays.copyOfRange(blob, (int) stored, blob.length);
    assertThat(client.finish(session, digest(blob), left).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void tellsThatS3IsFullWhenOtherPartsFailedOtherwise() {
    byte[] blob = blob(12 * MEBIBYTE);
    S3Fault away = fake.slowDown(PART + "=1&", FOR_EVER);
    S3Fault full = fake.full(PART + "=2&", FOR_EVER);
    String session = client.start(REPOSITORY);
    assertThat(client.patch(session, 0, blob).statusCode()).isEqualTo(507);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(507);
    assertThat(away.hits()).isPositive();
    full.lift();
    away.lift();
    assertThat(client.finish(session, digest(blob), blob).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void takesALostAnswerToTheLastRequestForWhatItWas() {
    byte[] blob = blob(11 * MEBIBYTE);
    S3Fault fault = fake.loseAnswer(COMPLETE, FOR_EVER);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    assertThat(fault.hits()).isPositive();
    fault.lift();
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void doesNotWaitForEverForASilentServer() {
    byte[] blob = blob(6 * MEBIBYTE);
    S3Fault fault = fake.stall(PART, 2);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    assertThat(fault.hits()).isEqualTo(2);
    S3Fault silent = fake.stall(PART, FOR_EVER);
    require503(client.pushBlob(REPOSITORY, blob(6 * MEBIBYTE)));
    silent.lift();
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void leavesNothingOfABlobInOneRequestThatFailed() {
    S3Fault fault = fake.slowDown(PART, FOR_EVER);
    byte[] blob = blob(6 * MEBIBYTE);
    require503(client.pushBlob(REPOSITORY, blob));
    fault.lift();
    assertThat(client.blob(REPOSITORY, digest(blob)).statusCode()).isEqualTo(404);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
  }
}
