package io.slipway.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speaks HTTP/2 without TLS, by prior knowledge and by upgrade, on one connection. */
class Http2IT {
  private static final byte[] LARGE = Content.bytes(3_000_000, 1);

  @TempDir static Path data;
  private static TestRegistry registry;
  private static Content content;
  private static Vertx vertx;
  private static HttpClientAgent client;

  /** An answer with its whole body. */
  private record Reply(HttpClientResponse head, Buffer body) {}

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    content =
        new Content(registry)
            .blob("large", LARGE)
            .blob("config", new byte[] {'{', '}'})
            .blob("blob", Content.bytes(2048, 1))
            .image("image", "v1");
    vertx = Vertx.vertx();
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp2MaxSize(1));
  }

  @AfterAll
  static void stop() throws TimeoutException {
    client.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
    registry.close();
    assertThat(OpenFiles.under(data)).isEmpty();
  }

  private static Future<Reply> request(
      HttpMethod method, String path, Buffer body, String... header) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost("localhost")
            .setPort(registry.port())
            .setURI(content.resolve(path));
    for (int i = 0; i < header.length; i += 2) {
      options.putHeader(header[i], content.resolve(header[i + 1]));
    }
    return client
        .request(options)
        .compose(request -> request.send(body))
        .compose(head -> head.body().map(received -> new Reply(head, received)));
  }

  private static Reply get(String path, String... headers) throws TimeoutException {
    return request(HttpMethod.GET, path, Buffer.buffer(), headers).await(20, TimeUnit.SECONDS);
  }

  @Test
  void filesComeWhole() throws TimeoutException {
    Reply reply = get("/v2/{repo}/blobs/{large}");
    assertThat(reply.head().version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(reply.head().statusCode()).isEqualTo(200);
    assertThat(reply.head().getHeader("content-length")).isEqualTo("3000000");
    assertThat(reply.body().getBytes()).isEqualTo(LARGE);
  }

  /** They are sent in pieces, over HTTP/1.1 as well. */
  @Test
  void largeManifestsComeWhole() throws TimeoutException {
    for (int length : List.of(256 * 1024, 5 * 64 * 1024, 4_000_000)) {
      String empty =
          "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[],\"annotations\":{\"a\":\"\"}}"
              .formatted(MediaTypes.OCI_INDEX);
      String manifest = empty.replace("\"\"", '"' + "x".repeat(length - empty.length()) + '"');
      String path = content.resolve("/v2/{repo}/manifests/large");
      assertThat(registry.send("PUT", path, manifest.getBytes(US_ASCII)).statusCode())
          .isEqualTo(201);
      Reply reply = get(path);
      assertThat(reply.head().getHeader("content-length")).isEqualTo(Integer.toString(length));
      assertThat(reply.body().toString()).isEqualTo(manifest);
      HttpResponse<byte[]> plain = registry.send("GET", path);
      assertThat(plain.headers().firstValue("Content-Length")).contains(Integer.toString(length));
      assertThat(plain.headers().firstValue("Transfer-Encoding")).isEmpty();
      assertThat(new String(plain.body(), US_ASCII)).isEqualTo(manifest);
      HttpResponse<byte[]> head = registry.send("HEAD", path);
      assertThat(head.headers().firstValue("Content-Length")).contains(Integer.toString(length));
      assertThat(head.body()).isEmpty();
      assertThat(request(HttpMethod.HEAD, path, Buffer.buffer()).await(20, TimeUnit.SECONDS).body())
          .isEqualTo(Buffer.buffer());
    }
  }

  @Test
  void manyStreamsShareAConnection() throws TimeoutException {
    List<Future<Reply>> replies =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    request(
                        HttpMethod.GET,
                        "/v2/{repo}/blobs/{large}",
                        Buffer.buffer(),
                        "Range",
                        "bytes=" + i * 1000 + "-"))
            .toList();
    Future.all(replies).await(30, TimeUnit.SECONDS);
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).result().body().getBytes())
          .isEqualTo(Arrays.copyOfRange(LARGE, i * 1000, LARGE.length));
    }
  }

  @Test
  void rangesAndErrorsAreTheSame() throws TimeoutException {
    Reply part = get("/v2/{repo}/blobs/{large}", "range", "bytes=10-19");
    assertThat(part.head().statusCode()).isEqualTo(206);
    assertThat(part.body().getBytes()).isEqualTo(Arrays.copyOfRange(LARGE, 10, 20));
    Reply parts = get("/v2/{repo}/blobs/{large}", "range", "bytes=0-1,10-19");
    assertThat(parts.head().getHeader("content-length"))
        .isEqualTo(Integer.toString(parts.body().length()));
    assertThat(get("/v2/{repo}/blobs/{missing}").head().statusCode()).isEqualTo(404);
    Reply manifest = get("/v2/{repo}/manifests/v1");
    assertThat(manifest.head().getHeader("docker-content-digest")).isEqualTo(content.get("image"));
    assertThat(manifest.body().length()).isEqualTo(Integer.parseInt(content.get("image.length")));
  }

  @Test
  void aConnectionGoesOnAfterUnreadBodies() throws TimeoutException {
    Buffer body = Buffer.buffer(new byte[2_000_000]);
    for (int i = 0; i < 10; i++) {
      Reply refused =
          request(HttpMethod.PATCH, "/v2/{repo}/blobs/uploads/1", body).await(20, TimeUnit.SECONDS);
      assertThat(refused.head().statusCode()).isEqualTo(404);
    }
    byte[] blob = Content.bytes(700_000, 5);
    String path = "/v2/{repo}/blobs/uploads/?digest=" + Content.digest(blob);
    Reply pushed = request(HttpMethod.POST, path, Buffer.buffer(blob)).await(20, TimeUnit.SECONDS);
    assertThat(pushed.head().statusCode()).isEqualTo(201);
  }

  @Test
  void aStreamThatIsResetHarmsNobody() throws TimeoutException {
    for (int i = 0; i < 10; i++) {
      RequestOptions options =
          new RequestOptions()
              .setHost("localhost")
              .setPort(registry.port())
              .setURI(content.resolve("/v2/{repo}/blobs/{large}"));
      client
          .request(options)
          .compose(
              request ->
                  request
                      .send()
                      .onSuccess(head -> head.pause().exceptionHandler(ignored -> {}))
                      .compose(head -> request.reset(8)))
          .await(20, TimeUnit.SECONDS);
    }
    assertThat(get("/v2/{repo}/blobs/{large}").body().length()).isEqualTo(LARGE.length);
  }
}
