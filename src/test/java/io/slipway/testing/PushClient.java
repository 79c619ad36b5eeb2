package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** Pushes and pulls over HTTP as a client of the distribution API does; thread-safe. */
public final class PushClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

  /** Of an image's manifest. */
  public static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** Of an index. */
  public static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

  private final String base;
  private final HttpClient http;
  private final String[] always;

  public PushClient(int port) {
    this("http://127.0.0.1:" + port, HttpClient.newBuilder());
  }

  /** Makes one for a server elsewhere; headers are sent with each request, name before value. */
  public PushClient(String host, String... always) {
    this("http://" + host, HttpClient.newBuilder(), always);
  }

  /** Makes one for a server whose certificate is for localhost. */
  public PushClient(int port, SSLContext tls) {
    this("https://localhost:" + port, HttpClient.newBuilder().sslContext(tls));
  }

  private PushClient(String base, HttpClient.Builder http, String... always) {
    this.base = base;
    this.http = http.version(HttpClient.Version.HTTP_1_1).build();
    this.always = always.clone();
  }

  /** Returns bytes that nothing compresses, the same for the same seed. */
  public static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  public static Digest digest(byte[] bytes) {
    return Digest.of(DigestAlgorithm.SHA256, bytes);
  }

  /** Sends a request; a failure of the connection is an UncheckedIOException. */
  public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
    return send(
        method,
        path,
        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body),
        headers);
  }

  /** Sends a body whose length the registry is not told. */
  public HttpResponse<byte[]> stream(String method, String path, byte[] body) {
    return send(method, path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
  }

  private HttpResponse<byte[]> send(
      String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request = request(path).method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build(), BodyHandlers.ofByteArray());
  }

  /** Begins to pull; whoever reads the body decides how fast, and closes it. */
  public HttpResponse<InputStream> open(String path) {
    return send(request(path).build(), BodyHandlers.ofInputStream());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
    return always.length > 0 ? request.headers(always) : request;
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) {
    try {
      return http.send(request, body);
    } catch (IOException e) {
      throw new UncheckedIOException("tried to send " + request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public HttpResponse<byte[]> send(String method, String path) {
    return send(method, path, new byte[0]);
  }

  /** Opens an upload and returns the path of its session. */
  public String start(String repository) {
    HttpResponse<byte[]> opened = send("POST", "/v2/" + repository + "/blobs/uploads/");
    assertThat(opened.statusCode()).as("POST").isEqualTo(202);
    return path(opened);
  }

  /** Returns the path of a Location header. */
  public static String path(HttpResponse<?> response) {
    return URI.create(response.headers().firstValue("Location").orElseThrow()).getPath();
  }

  /** Adds a chunk where it belongs. */
  public HttpResponse<byte[]> patch(String session, long offset, byte[] bytes) {
    return send(
        "PATCH", session, bytes, "Content-Range", offset + "-" + (offset + bytes.length - 1));
  }

  /**
   * Adds a chunk when the registry has said that it may come. A refusal of one that is on its way
   * can get lost when the connection ends with it.
   */
  public HttpResponse<byte[]> patchWhenInvited(String session, long offset, byte[] bytes) {
    return send(
        request(session)
            .expectContinue(true)
            .header("Content-Range", offset + "-" + (offset + bytes.length - 1))
            .method("PATCH", BodyPublishers.ofByteArray(bytes))
            .build(),
        BodyHandlers.ofByteArray());
  }

  /** Closes an upload with its last bytes. */
  public HttpResponse<byte[]> finish(String session, Digest digest, byte[] bytes) {
    return send("PUT", session + "?digest=" + digest.text(), bytes);
  }

  /** Asks how many bytes an upload has; of none and of one the API says the same, here 1. */
  public long received(String session) {
    HttpResponse<byte[]> status = send("GET", session);
    assertThat(status.statusCode()).as("GET of the upload").isEqualTo(204);
    return received(status);
  }

  /** Reads the Range header of an answer. */
  public static long received(HttpResponse<?> response) {
    return end(response.headers().firstValue("Range").orElseThrow());
  }

  /** Reads {@code 0-<last>}. */
  public static long end(String range) {
    assertThat(range).matches("0-[0-9]+");
    return Long.parseLong(range.substring(2)) + 1;
  }

  /** Pushes a blob in one request. */
  public HttpResponse<byte[]> pushBlob(String repository, byte[] bytes) {
    return send(
        "POST",
        "/v2/" + repository + "/blobs/uploads/?digest=" + digest(bytes).text(),
        bytes,
        "Content-Type",
        "application/octet-stream");
  }

  public HttpResponse<byte[]> blob(String repository, Digest digest) {
    return send("GET", "/v2/" + repository + "/blobs/" + digest.text());
  }

  /** Pulls a blob, which must have just these bytes. */
  public void requirePulled(String repository, byte[] blob) {
    HttpResponse<byte[]> pulled = blob(repository, digest(blob));
    assertThat(pulled.statusCode()).as("GET").isEqualTo(200);
    // Not by assertThat, which would print them.
    assertThat(Arrays.equals(pulled.body(), blob)).as("the bytes of " + digest(blob)).isTrue();
  }

  /** Pushes a manifest whose blobs are there. */
  public HttpResponse<byte[]> pushManifest(String repository, String reference, byte[] manifest) {
    return send(
        "PUT",
        "/v2/" + repository + "/manifests/" + reference,
        manifest,
        "Content-Type",
        new String(manifest, UTF_8).contains(INDEX_TYPE) ? INDEX_TYPE : MANIFEST_TYPE);
  }

  /** Makes the manifest of an image. */
  public static byte[] manifest(byte[] config, byte[]... layers) {
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}"""
        .formatted(MANIFEST_TYPE, descriptor(CONFIG_TYPE, config), descriptors(LAYER_TYPE, layers))
        .getBytes(UTF_8);
  }

  /** Makes the index of some images. */
  public static byte[] index(byte[]... images) {
    return """
    {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}"""
        .formatted(INDEX_TYPE, descriptors(MANIFEST_TYPE, images))
        .getBytes(UTF_8);
  }

  private static String descriptors(String type, byte[]... contents) {
    return Stream.of(contents)
        .map(content -> descriptor(type, content))
        .collect(Collectors.joining(","));
  }

  private static String descriptor(String type, byte[] content) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}"""
        .formatted(type, digest(content).text(), content.length);
  }
}
