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
import java.util.function.Consumer;

/** Has a running registry collect its garbage, as the command line does. */
final class RemoteCollection {
  /** A server answers within {@code gc.http_wait}, which is an hour at most. */
  private static final Duration READ = Duration.ofMinutes(65);

  private static final long FIRST_LOOK_MILLIS = 20;
  private static final long LOOK_MILLIS = 500;
  private static final String RUNS = "/_gc/runs/";

  private final NamedServer server;
  private final RemoteRegistry registry;
  private final Consumer<String> told;

  /**
   * Prepares to ask a server.
   *
   * @param told what goes on behind a command that is interrupted
   */
  RemoteCollection(NamedServer server, Consumer<String> told) {
    this.server = server;
    this.told = told;
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
            + wish.grace().map(grace -> "&grace=" + Durations.format(grace)).orElse("")
            // Its name is needed at once, to tell whoever interrupts the command.
            + "&wait=0s";
    Answer answer = send("POST", "/_gc" + query);
    return answer.status() == HttpURLConnection.HTTP_ACCEPTED
        ? follow(answer)
        : result(answer.object());
  }

  /** Looks at a run until it has ended. */
  private GarbageResult follow(Answer started) throws IOException {
    // The server's public address may not lead there from this machine.
    String run = started.location().substring(started.location().lastIndexOf('/') + 1);
    Thread goodbye = new Thread(() -> told.accept(goesOn(run)));
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      return awaitEnd(run);
    } finally {
      endGoodbye(goodbye);
    }
  }

  /** Has a thread not run at the end of the process. */
  static void endGoodbye(Thread goodbye) {
    try {
      Runtime.getRuntime().removeShutdownHook(goodbye);
    } catch (IllegalStateException e) {
      // It is being said.
    }
  }

  /** Others may wait for the same run: it does not end with this command. */
  private String goesOn(String run) {
    return "the collection goes on; to end it: curl -X DELETE "
        + server.address().resolve(RUNS + run);
  }

  private GarbageResult awaitEnd(String run) throws IOException {
    long pause = FIRST_LOOK_MILLIS;
    while (true) {
      JsonObject state = send("GET", RUNS + run).object();
      switch (state.getString("status", "")) {
        case "running" -> pause(pause);
        case "completed" -> {
          return result(state);
        }
        case "cancelled" -> throw refused("somebody cancelled it");
        default -> throw refused("it failed: " + state.getString("error", state.encode()));
      }
      pause = Math.min(LOOK_MILLIS, 2 * pause);
    }
  }

  private void pause(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
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
