import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the start cache: runs a server through a push and a pull and lets its JVM write down which
 * classes that took. {@code Train.java CACHE JAVA [FLAG...] -jar JAR}.
 */
class Train {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  private Train(URI base) {
    this.base = base;
  }

  public static void main(String[] args) throws Exception {
    int port = freePort();
    Path data = Files.createTempDirectory("slipway-train");
    Process server = start(Path.of(args[0]), List.of(args).subList(1, args.length), port, data);
    try {
      new Train(URI.create("http://127.0.0.1:" + port)).pushAndPull(server);
    } finally {
      server.destroy();
      if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        server.destroyForcibly().waitFor();
      }
      delete(data);
    }
    if (!Files.exists(Path.of(args[0]))) {
      throw new IllegalStateException("tried to make " + args[0] + " but the JVM wrote none");
    }
    System.exit(0);
  }

  private static Process start(Path cache, List<String> command, int port, Path data)
      throws IOException {
    List<String> words = new ArrayList<>(command);
    words.addAll(1, List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:aot=error", "-Xlog:cds=error"));
    words.addAll(List.of("serve", "--port", "" + port, "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
    builder.environment().keySet().removeAll(List.of("PORT", "JAVA_TOOL_OPTIONS"));
    return builder.start();
  }

  private void pushAndPull(Process server) throws Exception {
    awaitStart(server);
    byte[] layer = "layer".repeat(40_000).getBytes();
    byte[] config = "{}".getBytes();
    byte[] manifest = manifest(config, layer).getBytes();
    for (byte[] blob : List.of(config, layer)) {
      upload(blob);
      String path = "/v2/train/image/blobs/" + digest(blob);
      send("HEAD", path, null);
      send("GET", path, null);
      send("GET", path, null, "Range", "bytes=0-0");
    }
    send("PUT", "/v2/train/image/manifests/1", manifest, "Content-Type", MANIFEST);
    for (String reference : List.of("1", digest(manifest))) {
      send("HEAD", "/v2/train/image/manifests/" + reference, null);
      send("GET", "/v2/train/image/manifests/" + reference, null);
    }
    for (String path :
        List.of(
            "/v2/train/image/tags/list",
            "/v2/train/image/referrers/" + digest(manifest),
            "/v2/_catalog",
            "/v2/train/image/manifests/none",
            "/v2/train/image/blobs/sha256:" + "0".repeat(64))) {
      send("GET", path, null);
    }
    send("DELETE", "/v2/train/image/manifests/1", null);
  }

  private void awaitStart(Process server) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        send("GET", "/v2/", null);
        return;
      } catch (IOException e) {
        if (!server.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException("tried to reach " + base + " but no server answers", e);
        }
        Thread.sleep(50);
      }
    }
  }

  private void upload(byte[] blob) throws Exception {
    String location = location(send("POST", "/v2/train/image/blobs/uploads/", new byte[0]));
    location = location(send("PATCH", location, blob, "Content-Type", "application/octet-stream"));
    send("PUT", location + (location.contains("?") ? "&" : "?") + "digest=" + digest(blob), null);
  }

  private static String location(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws Exception {
    var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    var request = HttpRequest.newBuilder(base.resolve(path)).method(method, publisher);
    request.timeout(PATIENCE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    // Curl, Docker and Skopeo speak 1.1 on a plain port.
    request.version(HttpClient.Version.HTTP_1_1);
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String manifest(byte[] config, byte[] layer) throws Exception {
    return """
    {"schemaVersion":2,"mediaType":"%s",
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}
    """
        .formatted(MANIFEST, digest(config), config.length, digest(layer), layer.length);
  }

  private static String digest(byte[] bytes) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    return "sha256:" + HexFormat.of().formatHex(hash);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      Path[] deepestFirst = all.sorted(Comparator.reverseOrder()).toArray(Path[]::new);
      for (Path path : Arrays.asList(deepestFirst)) {
        Files.delete(path);
      }
    }
  }
}
