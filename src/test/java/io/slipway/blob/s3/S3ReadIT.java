package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a registry whose blobs are in a bucket. */
@OneProfile("of a bucket that the test has for itself")
class S3ReadIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final String GET = "^GET (uploads|blobs)/";

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = TestRegistry.start(data, fake.settings());
    client = new PushClient(registry.port());
  }

  @AfterEach
  void stop() {
    registry.close();
    fake.close();
  }

  private byte[] pushed(int seed, int size) {
    byte[] blob = bytes(seed, size);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    Eventually.happens(
        "the blob is at home",
        () ->
            new StoredData(data)
                .query("SELECT count(*) FROM blob WHERE location LIKE 'uploads/%'")
                .equals(List.of("0")));
    return blob;
  }

  private static String path(byte[] blob) {
    return "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text();
  }

  @Test
  void readsOnlyWhatARangeAsksFor() {
    byte[] blob = pushed(1, 6 * MEBIBYTE);
    long before = fake.sent();
    HttpResponse<byte[]> part =
        client.send("GET", path(blob), new byte[0], "Range", "bytes=1000-70999");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, 1000, 71_000));
    assertThat(fake.sent() - before).isEqualTo(70_000);
    HttpResponse<byte[]> parts =
        client.send("GET", path(blob), new byte[0], "Range", "bytes=0-9,5000000-5000009");
    assertThat(parts.statusCode()).isEqualTo(206);
    assertThat(fake.sent() - before).isEqualTo(70_020);
    assertThat(client.send("HEAD", path(blob)).statusCode()).isEqualTo(200);
    assertThat(fake.sent() - before).isEqualTo(70_020);
  }

  @Test
  void goesOnWhenS3BreaksOff() {
    byte[] blob = pushed(2, 6 * MEBIBYTE);
    S3Fault fault = fake.breakBody(GET, 700_001, 5);
    HttpResponse<byte[]> pulled = client.send("GET", path(blob));
    assertThat(pulled.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(pulled.body(), blob)).isTrue();
    assertThat(fault.hits()).isEqualTo(5);
  }

  /** Two megabytes would be five thousand requests. */
  @Test
  void givesUpWhenS3BreaksOffAfterAFewBytesAgainAndAgain() {
    byte[] blob = pushed(20, 2 * MEBIBYTE);
    S3Fault fault = fake.breakBody(GET, 400, 10_000);
    assertThatThrownBy(() -> client.send("GET", path(blob)))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(fault.hits()).isLessThan(10);
    fault.lift();
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
  }

  @Test
  void triesAgainWhenS3IsBusy() {
    byte[] blob = pushed(3, MEBIBYTE);
    fake.slowDown(GET, 2);
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
    fake.reset(GET, 2);
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
    fake.breakBody(GET, 0, 2);
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
  }

  @Test
  void answers503WhenS3StaysAway() {
    byte[] blob = pushed(4, MEBIBYTE);
    for (S3Fault fault :
        new S3Fault[] {
          fake.error(GET, 1000),
          fake.slowDown(GET, 1000),
          fake.reset(GET, 1000),
          fake.denied(GET, 1000),
          fake.breakBody(GET, 0, 1000)
        }) {
      HttpResponse<byte[]> refused = client.send("GET", path(blob));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      fault.lift();
    }
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
  }

  @Test
  void asksForThePlaceOnceMore() {
    byte[] blob = pushed(5, MEBIBYTE);
    String home = "blobs/sha256/" + digest(blob).hex();
    fake.put("blobs/elsewhere", blob);
    fake.remove(home);
    // A blob whose row changes between the look and the read: it is moved by hand here.
    registry.close();
    new StoredData(data).update("UPDATE blob SET location = 'blobs/elsewhere'");
    registry = TestRegistry.start(data, fake.settings());
    client = new PushClient(registry.port());
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
  }

  @Test
  void healsABlobWhoseBytesAreGone() {
    byte[] blob = pushed(6, MEBIBYTE);
    Digest digest = digest(blob);
    fake.remove("blobs/sha256/" + digest.hex());
    assertThat(client.blob(REPOSITORY, digest).statusCode()).isEqualTo(404);
    assertThat(client.send("HEAD", path(blob)).statusCode()).isEqualTo(404);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest).body()).isEqualTo(blob);
  }

  @Test
  void keepsABlobThatS3MayNotTellAbout() {
    byte[] blob = pushed(7, MEBIBYTE);
    S3Fault fault = fake.denied(GET, 1000);
    assertThat(client.send("GET", path(blob)).statusCode()).isEqualTo(503);
    fault.lift();
    assertThat(client.send("HEAD", path(blob)).statusCode()).isEqualTo(200);
  }

  @Test
  void keepsABlobThatOnlyAProxyDoesNotFind() {
    byte[] blob = pushed(9, MEBIBYTE);
    S3Fault fault = fake.proxy404(GET, 1000);
    assertThat(client.send("GET", path(blob)).statusCode()).isEqualTo(503);
    fault.lift();
    assertThat(client.send("GET", path(blob)).body()).isEqualTo(blob);
    assertThat(client.send("HEAD", path(blob)).statusCode()).isEqualTo(200);
  }

  @Test
  void holdsLittleForASlowClientAndStopsWhenItLeaves() throws IOException {
    byte[] blob = pushed(8, 64 * MEBIBYTE);
    long before = fake.sent();
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(64 * 1024);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), registry.port()));
      socket
          .getOutputStream()
          .write(
              ("GET " + path(blob) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(100_000)).hasSize(100_000);
      Eventually.happens("the stream stands still", new Still(fake));
      // Most of it lies in the sockets' buffers, which the kernel sizes.
      assertThat(fake.sent() - before).isLessThan(20L * MEBIBYTE);
    }
    long left = fake.sent();
    Eventually.happens("the reading ends", new Still(fake));
    assertThat(fake.sent() - left).isLessThan(8L * MEBIBYTE);
    assertThat(client.send("GET", path(blob)).statusCode()).isEqualTo(200);
  }

  /** Holds when nothing was sent for a while. */
  private static final class Still implements BooleanSupplier {
    private static final long QUIET_NANOS = 500_000_000;
    private final FakeS3 fake;
    private long sent = -1;
    private long since;

    Still(FakeS3 fake) {
      this.fake = fake;
    }

    @Override
    public boolean getAsBoolean() {
      if (fake.sent() != sent) {
        sent = fake.sent();
        since = System.nanoTime();
      }
      return System.nanoTime() - since > QUIET_NANOS;
    }
  }
}
