package io.slipway.blob.cache;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A registry whose blobs are in a bucket, with a cache on disk. */
final class CachedS3 implements AutoCloseable {
  static final String REPOSITORY = "team/app";
  static final int MEBIBYTE = 1024 * 1024;

  /** A read of a blob's bytes from the bucket. */
  static final String GET = "^GET (uploads|blobs)/";

  private final FakeS3 fake = new FakeS3();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final TestRegistry registry;

  CachedS3(Path folder, String... more) {
    this.folder = folder;
    List<String> settings = new ArrayList<>(List.of(fake.settings()));
    settings.addAll(
        List.of("storage.cache.disk_path", cache().toString(), "storage.cache.disk_size_gb", "1"));
    settings.addAll(List.of(more));
    this.registry = TestRegistry.start(folder.resolve("data"), settings.toArray(String[]::new));
  }

  FakeS3 fake() {
    return fake;
  }

  TestRegistry registry() {
    return registry;
  }

  PushClient client() {
    return new PushClient(registry.port());
  }

  Path cache() {
    return folder.resolve("cache");
  }

  /** Pushes a blob, which is copied to where it stays while the test goes on. */
  byte[] pushed(int seed, int size) {
    byte[] blob = bytes(seed, size);
    assertThat(client().pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    return blob;
  }

  static String path(byte[] blob) {
    return "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text();
  }

  HttpResponse<byte[]> get(byte[] blob, String... headers) {
    return registry.send("GET", path(blob), headers);
  }

  CompletableFuture<HttpResponse<byte[]>> getLater(byte[] blob) {
    return http.sendAsync(
        HttpRequest.newBuilder(registry.uri(path(blob))).build(), BodyHandlers.ofByteArray());
  }

  /** Sends a request whose answer is read by nobody yet. */
  Socket socket(byte[] blob) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 * 1024);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), registry.port()));
    socket
        .getOutputStream()
        .write(
            ("GET " + path(blob) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  static String answer(HttpResponse<?> response) {
    return response.headers().firstValue("X-Cache").orElse("none");
  }

  long reads() {
    return fake.count(GET);
  }

  Path file(Digest digest) {
    return new StoredData(cache()).file(digest);
  }

  /** Returns the files of the cache that are blobs. */
  List<String> kept() {
    return new StoredData(cache()).files("blobs");
  }

  List<String> unfinished() {
    return new StoredData(cache()).files("fills");
  }

  void awaitKept(int count) {
    Eventually.happens(
        count + " blobs are kept", () -> kept().size() == count && unfinished().isEmpty());
  }

  @Override
  public void close() {
    registry.close();
    fake.close();
  }
}
