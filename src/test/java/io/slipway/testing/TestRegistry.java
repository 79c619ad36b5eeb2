package io.slipway.testing;

import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import io.slipway.server.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a whole registry in this process, on a free port and on the stores that the profile gives to
 * a folder of the test's.
 */
public final class TestRegistry implements AutoCloseable {
  private static final long SECONDS = 30;

  private final Map<String, Flag> settings;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
  private RegistryServer server;

  private TestRegistry(Map<String, Flag> settings) {
    this.settings = settings;
    this.server = start();
  }

  /**
   * Starts a registry.
   *
   * @param settings keys of the configuration and their values, one after the other
   */
  public static TestRegistry start(Path data, String... settings) {
    return new TestRegistry(flags(data, settings));
  }

  /** Returns the configuration of a registry that {@link #start} would start. */
  public static RegistryConfig config(Path data, String... settings) {
    return config(flags(data, settings));
  }

  private static RegistryConfig config(Map<String, Flag> flags) {
    return RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config();
  }

  private static Map<String, Flag> flags(Path data, String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("storage.path", data.toString());
    all.put("http.port", "0");
    all.put("http.access_log", "false");
    all.put("storage.reserve", "0");
    all.putAll(TestProfile.settings(data));
    put(all, settings);
    Map<String, Flag> flags = new HashMap<>();
    all.forEach((key, text) -> flags.put("--" + key, new Flag(key, text)));
    return flags;
  }

  private static void put(Map<String, String> all, String... settings) {
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
  }

  private RegistryServer start() {
    try {
      return RegistryServer.start(config(settings), fatal::set)
          .toCompletionStage()
          .toCompletableFuture()
          .get(SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("tried to start a registry", e);
    }
  }

  /**
   * Stops the registry as SIGTERM would, and starts it again on the same folder, on another port.
   */
  public void restart() {
    close();
    server = start();
  }

  public int port() {
    return server.port();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /** Returns the address of the ops port; it must be configured. */
  public URI opsUri(String path) {
    return URI.create("http://127.0.0.1:" + server.opsPort().orElseThrow() + path);
  }

  /** Sends a request without a body. */
  public HttpResponse<byte[]> send(String method, String path, String... headers) {
    return send(method, path, BodyPublishers.noBody(), headers);
  }

  /** Sends a request with a body of known length. */
  public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
    return send(method, path, BodyPublishers.ofByteArray(body), headers);
  }

  /** Sends a request; the path may be a whole address, as Location gives it. */
  public HttpResponse<byte[]> send(
      String method, String path, BodyPublisher body, String... headers) {
    URI uri = path.startsWith("/") ? uri(path) : URI.create(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, body).timeout(Duration.ofSeconds(SECONDS));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new IllegalStateException("tried to send " + method + " " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.stop().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("tried to stop a registry", e);
    }
    Throwable cause = fatal.get();
    if (cause != null) {
      throw new IllegalStateException("the registry failed for good", cause);
    }
  }
}
