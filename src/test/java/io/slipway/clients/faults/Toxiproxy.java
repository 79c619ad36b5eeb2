package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.MinioServer;
import io.slipway.testing.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs a toxiproxy: TCP connections that go through it can be made to fail in many ways. */
final class Toxiproxy implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final URI api;

  private Toxiproxy(Process process, int port) {
    this.process = process;
    this.api = URI.create("http://127.0.0.1:" + port);
  }

  /** Starts the program that {@code SLIPWAY_TOXIPROXY} names. */
  static Toxiproxy start() {
    try {
      int port = MinioServer.freePort();
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
      Toxiproxy proxy = new Toxiproxy(process, port);
      Eventually.happens("toxiproxy is ready", proxy::isReady);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    try {
      return ask("GET", "/version", "").statusCode() == 200;
    } catch (UncheckedIOException e) {
      if (!process.isAlive()) {
        throw new IllegalStateException("toxiproxy ended with " + process.exitValue(), e);
      }
      return false;
    }
  }

  private HttpResponse<String> ask(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonObject change(String method, String path, JsonObject body) {
    HttpResponse<String> answer = ask(method, path, body.encode());
    assertThat(answer.statusCode())
        .as(method + " " + path + ": " + answer.body())
        .isBetween(200, 299);
    return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
  }

  /** Opens a port whose connections lead to another one on this machine. */
  Link link(String name, int upstream) {
    JsonObject made =
        change(
            "POST",
            "/proxies",
            new JsonObject()
                .put("name", name)
                .put("listen", "127.0.0.1:0")
                .put("upstream", "127.0.0.1:" + upstream)
                .put("enabled", true));
    String listens = made.getString("listen");
    return new Link(name, Integer.parseInt(listens.substring(listens.lastIndexOf(':') + 1)));
  }

  /**
   * All connections to one server. They end with the fault: toxiproxy can wait for ever to take one
   * out of a connection that is full of bytes.
   */
  final class Link {
    private final String name;
    private final int port;
    private boolean changed;

    private Link(String name, int port) {
      this.name = name;
      this.port = port;
    }

    int port() {
      return port;
    }

    /** Ends all connections and refuses new ones, or takes them again. */
    void enable(boolean enabled) {
      changed = true;
      change("POST", "/proxies/" + name, new JsonObject().put("enabled", enabled));
    }

    /** Makes all connections good again, and ends those that are there if they were not. */
    void mend() {
      if (changed) {
        enable(false);
        change("POST", "/reset", new JsonObject());
        changed = false;
      }
    }

    /**
     * Does something to all connections, in both directions, until everything is mended. First to
     * what comes from the server, where the bytes are: a connection that one toxic ends while it is
     * full keeps toxiproxy waiting for ever to put in another.
     */
    void add(String toxic, JsonObject attributes) {
      changed = true;
      for (String direction : new String[] {"downstream", "upstream"}) {
        change(
            "POST",
            "/proxies/" + name + "/toxics",
            new JsonObject()
                .put("name", toxic + "_" + direction)
                .put("type", toxic)
                .put("stream", direction)
                .put("attributes", attributes));
      }
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
