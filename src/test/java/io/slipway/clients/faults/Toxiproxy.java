package io.slipway.clients.faults;

import io.slipway.testing.Eventually;
import io.slipway.testing.FreePort;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs a Toxiproxy of this test's, the program that {@code SLIPWAY_TOXIPROXY} names. */
final class Toxiproxy implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  private Toxiproxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Toxiproxy start() throws IOException {
    int port = FreePort.find();
    Process process =
        new ProcessBuilder(
                Objects.requireNonNull(System.getenv("SLIPWAY_TOXIPROXY"), "SLIPWAY_TOXIPROXY"),
                "-host",
                "127.0.0.1",
                "-port",
                String.valueOf(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Toxiproxy started = new Toxiproxy(process, port);
    Eventually.happens("Toxiproxy is ready", started::isReady);
    return started;
  }

  private boolean isReady() {
    try {
      return send("GET", "/version", "").statusCode() == 200;
    } catch (ConnectException e) {
      if (!process.isAlive()) {
        throw new IllegalStateException("Toxiproxy ended with " + process.exitValue(), e);
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a port whose connections lead to a server on this machine. */
  ToxicLink link(int upstream) {
    int listen = FreePort.find();
    String name = "to-" + upstream;
    ask(
        "POST",
        "/proxies",
        new JsonObject()
            .put("name", name)
            .put("listen", "127.0.0.1:" + listen)
            .put("upstream", "127.0.0.1:" + upstream)
            .put("enabled", true));
    return new ToxicLink(this, name, listen);
  }

  /** Asks for something; throws when it is refused. */
  void ask(String method, String path, JsonObject body) {
    try {
      HttpResponse<String> answer = send(method, path, body.encode());
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(
            "tried %s %s %s but Toxiproxy said %d %s"
                .formatted(method, path, body, answer.statusCode(), answer.body()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(String method, String path, String body) throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(PATIENCE)
              .method(method, BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
