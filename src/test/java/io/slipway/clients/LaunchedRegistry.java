package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A registry that the launcher at the root of the project started, on a free port. */
final class LaunchedRegistry implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("listens on (https?)://\\S+:(\\d+),");
  private static final long SECONDS = 60;

  private final Process process;
  private final LaunchedStores stores;
  private final String scheme;
  private final int port;

  private LaunchedRegistry(Process process, LaunchedStores stores, String scheme, int port) {
    this.process = process;
    this.stores = stores;
    this.scheme = scheme;
    this.port = port;
  }

  /** Starts a registry on the profile's stores with settings as the environment gives them. */
  static LaunchedRegistry start(Path data, Map<String, String> environment) throws IOException {
    return start(data, LaunchedStores.of(data), environment);
  }

  /** Starts a registry on some stores. */
  static LaunchedRegistry start(Path data, LaunchedStores stores, Map<String, String> environment)
      throws IOException {
    Program launcher =
        Program.of(Path.of("registry").toAbsolutePath().toString())
            .with(stores.environment())
            .with(environment);
    Process process = launcher.start("serve", "--port", "0", "--data", data.toString());
    BufferedReader output = process.inputReader();
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      printed.append(line).append('\n');
      Matcher listens = LISTENS.matcher(line);
      if (listens.find()) {
        // A pipe that nobody reads would stop the server.
        Thread.ofVirtual().start(() -> readToItsEnd(output));
        int port = Integer.parseInt(listens.group(2));
        return new LaunchedRegistry(process, stores, listens.group(1), port);
      }
    }
    throw new AssertionError("the registry did not start: " + printed);
  }

  private static void readToItsEnd(BufferedReader output) {
    try (output) {
      output.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what stands before a repository's name in the name of an image. */
  String host() {
    return "localhost:" + port;
  }

  String url(String path) {
    return scheme + "://" + host() + path;
  }

  /** Returns the largest amount of memory the process ever held, in MiB. */
  long peakMebibytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      String peak = lines.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(peak.replaceAll("\\D", "")) / 1024;
    }
  }

  /** Changes one byte of a blob, or changes it back: {@link LaunchedStores#flipByteOf}. */
  void flipByteOf(String digest) throws IOException {
    stores.flipByteOf(digest);
  }

  /** Returns the digest of the largest layer of an image. */
  String largestLayer(String repository, String reference) throws Exception {
    String path = "/v2/" + repository + "/manifests/" + reference;
    JsonObject manifest = new JsonObject(Program.of("curl", "-sf").print(url(path)));
    return manifest.getJsonArray("layers").stream()
        .map(JsonObject.class::cast)
        .max(Comparator.comparingLong(layer -> layer.getLong("size")))
        .orElseThrow()
        .getString("digest");
  }

  /**
   * Runs a client while one byte of a blob is another one, and returns what it printed. Where blobs
   * are cached it runs before that with a blob that is not: the registry breaks its answer off
   * then, or gives none, and each client says something else.
   */
  <T> T whileDamaged(String digest, Callable<T> client) throws Exception {
    if (stores.haveCache()) {
      stores.uncache(digest);
      whileFlipped(digest, () -> keepingNothing(digest, client));
      cache(digest);
    }
    return whileFlipped(digest, client);
  }

  private <T> T keepingNothing(String digest, Callable<T> client) throws Exception {
    T printed = client.call();
    assertThat(stores.isCached(digest)).as("wrong bytes are kept").isFalse();
    return printed;
  }

  private <T> T whileFlipped(String digest, Callable<T> client) throws Exception {
    flipByteOf(digest);
    try {
      return client.call();
    } finally {
      flipByteOf(digest);
    }
  }

  private void cache(String digest) {
    String path = "/v2/" + stores.repositoryOf(digest) + "/blobs/" + digest;
    PushClient client = new PushClient(port);
    Eventually.happens(
        "it is in the cache",
        () -> client.send("GET", path).headers().allValues("X-Cache").equals(List.of("HIT")));
  }

  /** Has it look for other certificates at once. */
  void hangUp() throws Exception {
    Program.of("kill", "-HUP", Long.toString(process.pid())).print();
  }

  /** Ends the registry as its users do; fails when it did not end well. */
  @Override
  public void close() {
    Program.end(process, SECONDS);
  }
}
