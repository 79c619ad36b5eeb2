package io.slipway.server;

import io.slipway.runtime.Durations;
import io.slipway.server.GarbageResult.Gone;
import io.slipway.server.RemoteRegistry.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Has a running registry collect its garbage, as the command line does. */
final class RemoteCollection {
  /** A server answers within {@code gc.http_wait}, which is an hour at most. */
  private static final Duration READ = Duration.ofMinutes(65);

  private static final long LOOK_MILLIS = 500;
  private static final String RUNS = "/_gc/runs/";

  private final RemoteRegistry registry;

  /** Prepares to ask a server. */
  RemoteCollection(NamedServer server) {
    this.registry = new RemoteRegistry(server, "collect its garbage", READ);
  }

  /**
   * Asks, and waits for the end of the run. Blocks.
   *
   * @throws IOException with a sentence for people when it was refused, or nobody answered
   */
  GarbageResult run(GarbageWish wish) throws IOException {
    String query =
        "?dry_run="
            + !wish.delete()
            + "&verbose="
            + wish.verbose()
            + wish.grace().map(grace -> "&grace=" + Durations.format(grace)).orElse("");
    Answer answer = send("POST", "/_gc" + query);
    return answer.status() == HttpURLConnection.HTTP_ACCEPTED
        ? follow(answer)
        : result(answer.object());
  }

  /** Looks at a run until it has ended. */
  private GarbageResult follow(Answer started) throws IOException {
    // The server's public address may not lead there from this machine.
    String run = started.location().substring(started.location().lastIndexOf('/') + 1);
    while (true) {
      JsonObject state = send("GET", RUNS + run).object();
      switch (state.getString("status", "")) {
        case "running" -> pause();
        case "completed" -> {
          return result(state);
        }
        default -> throw refused("it failed: " + state.getString("error", state.encode()));
      }
    }
  }

  private void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused("this command was interrupted; the collection goes on");
    }
  }

  private GarbageResult result(JsonObject body) throws IOException {
    if (!body.containsKey("deletedLayers") || !body.containsKey("reclaimedBytes")) {
      throw refused("what it answered is no result of a collection");
    }
    List<Gone> details = new ArrayList<>();
    JsonArray named = body.getJsonArray("details", new JsonArray());
    for (int i = 0; i < named.size(); i++) {
      JsonObject blob = named.getJsonObject(i);
      details.add(
          new Gone(blob.getString("digest"), blob.getLong("size"), blob.getString("reason")));
    }
    return new GarbageResult(
        body.getLong("deletedLayers"), body.getLong("reclaimedBytes"), details);
  }

  private Answer send(String method, String path) throws IOException {
    return registry.send(method, path, null);
  }

  private IOException refused(String reason) {
    return registry.refused(reason);
  }
}
