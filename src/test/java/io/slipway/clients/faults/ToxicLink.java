package io.slipway.clients.faults;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of {@link Toxiproxy} whose connections can be made to fail in many ways, one at a time.
 */
final class ToxicLink {
  /** A reset connection was good for so long after its first byte. */
  private static final Duration BEFORE_RESET = Duration.ofMillis(100);

  private static final List<String> DIRECTIONS = List.of("upstream", "downstream");

  private final Toxiproxy proxy;
  private final String path;
  private final int port;
  private final List<String> toxics = new ArrayList<>();
  private boolean enabled = true;

  ToxicLink(Toxiproxy proxy, String name, int port) {
    this.proxy = proxy;
    this.path = "/proxies/" + name;
    this.port = port;
  }

  int port() {
    return port;
  }

  /** Ends all connections and refuses new ones. */
  void cut() {
    enable(false);
  }

  private void enable(boolean wanted) {
    enabled = wanted;
    proxy.ask("POST", path, new JsonObject().put("enabled", wanted));
  }

  /** Lets everything arrive, so much later, more or less, and not more of it a second. */
  void slow(Duration latency, Duration jitter, long bytesPerSecond) {
    add(
        "latency",
        new JsonObject().put("latency", latency.toMillis()).put("jitter", jitter.toMillis()));
    add("bandwidth", new JsonObject().put("rate", bytesPerSecond / 1000));
  }

  /** Ends each connection after so many bytes in one direction. */
  void breakAfter(long bytes) {
    add("limit_data", new JsonObject().put("bytes", bytes));
  }

  /** Resets each connection a moment after a byte comes. */
  void reset() {
    add("reset_peer", new JsonObject().put("timeout", BEFORE_RESET.toMillis()));
  }

  /** Lets nothing arrive, on connections that stay. */
  void silence() {
    add("timeout", new JsonObject().put("timeout", 0));
  }

  private void add(String type, JsonObject attributes) {
    for (String direction : DIRECTIONS) {
      String name = type + "-" + direction;
      proxy.ask(
          "POST",
          path + "/toxics",
          new JsonObject()
              .put("name", name)
              .put("type", type)
              .put("stream", direction)
              .put("toxicity", 1.0)
              .put("attributes", attributes));
      toxics.add(name);
    }
  }

  /** Makes everything good again; connections of a time when it was not have ended. */
  void mend() {
    if (!toxics.isEmpty()) {
      enable(false);
      toxics.forEach(name -> proxy.ask("DELETE", path + "/toxics/" + name, new JsonObject()));
      toxics.clear();
    }
    if (!enabled) {
      enable(true);
    }
  }
}
