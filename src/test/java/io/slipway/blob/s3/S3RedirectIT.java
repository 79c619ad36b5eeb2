package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a registry that sends its clients to the bucket. */
@OneProfile("of a bucket that the test has for itself")
class S3RedirectIT {
  private static final byte[] LARGE = bytes(1, 300_000);
  private static final byte[] SMALL = bytes(2, 1000);

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = TestRegistry.start(data, fake.settings("storage.s3.redirect", "true"));
    client = new PushClient(registry.port());
    assertThat(client.pushBlob("team/app", LARGE).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob("team/app", SMALL).statusCode()).isEqualTo(201);
  }

  @AfterEach
  void stop() {
    registry.close();
    fake.close();
  }

  private static String path(byte[] blob) {
    return "/v2/team/app/blobs/" + digest(blob).text();
  }

  @Test
  void sendsToTheBucketWithAnAddressThatEnds() {
    long before = fake.sent();
    HttpResponse<byte[]> sent = client.send("GET", path(LARGE));
    assertThat(sent.statusCode()).isEqualTo(307);
    URI address = URI.create(sent.headers().firstValue("Location").orElseThrow());
    assertThat(address.getQuery()).contains("X-Amz-Expires=1200").contains("X-Amz-Signature=");
    assertThat(sent.headers().firstValue("Docker-Content-Digest")).contains(digest(LARGE).text());
    assertThat(sent.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(sent.body()).isEmpty();
    assertThat(fake.sent()).isEqualTo(before);
  }

  @Test
  void clientsThatFollowReadWholeAndInPart() throws Exception {
    try (HttpClient following = HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build()) {
      HttpRequest whole = HttpRequest.newBuilder(registry.uri(path(LARGE))).build();
      assertThat(following.send(whole, BodyHandlers.ofByteArray()).body()).isEqualTo(LARGE);
      HttpRequest part =
          HttpRequest.newBuilder(registry.uri(path(LARGE))).header("Range", "bytes=5-9").build();
      HttpResponse<byte[]> piece = following.send(part, BodyHandlers.ofByteArray());
      assertThat(piece.statusCode()).isEqualTo(206);
      assertThat(piece.body()).isEqualTo(Arrays.copyOfRange(LARGE, 5, 10));
    }
  }

  @Test
  void answersTheRestItself() {
    assertThat(client.send("HEAD", path(LARGE)).statusCode()).isEqualTo(200);
    assertThat(client.send("GET", path(SMALL)).body()).isEqualTo(SMALL);
    assertThat(client.send("GET", path(bytes(3, 300_000))).statusCode()).isEqualTo(404);
    String current = "\"" + digest(LARGE).text() + "\"";
    assertThat(client.send("GET", path(LARGE), new byte[0], "If-None-Match", current).statusCode())
        .isEqualTo(304);
  }
}
