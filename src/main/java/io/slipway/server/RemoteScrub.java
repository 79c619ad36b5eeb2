package io.slipway.server;

import io.slipway.runtime.DataSize;
import io.slipway.server.RemoteRegistry.Answer;
import io.slipway.storage.ScrubReport;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Has a running registry check all its bytes, as the command line does. */
final class RemoteScrub {
  private static final Duration READ = Duration.ofMinutes(1);
  private static final long FIRST_LOOK_MILLIS = 50;
  private static final long LOOK_MILLIS = 1000;
  private static final String RUNS = "/_scrub/runs/";

  private final NamedServer server;
  private final RemoteRegistry registry;
  private final Consumer<String> lines;
  private int told;

  /**
   * Prepares to ask a server.
   *
   * @param lines told what it finds, and that it goes on when this process is interrupted
   */
  RemoteScrub(NamedServer server, Consumer<String> lines) {
    this.server = server;
    this.registry = new RemoteRegistry(server, "scrub", READ);
    this.lines = lines;
  }

  /**
   * Asks, and waits for the end of the run. Blocks.
   *
   * @throws IOException with a sentence for people when it was refused, or nobody answered
   */
  ScrubReport run(boolean dryRun, boolean restart, Optional<DataSize> rate) throws IOException {
    Answer answer =
        registry.send(
            "POST",
            "/_scrub?dry_run="
                + dryRun
                + "&restart="
                + restart
                + rate.map(size -> "&rate=" + size).orElse(""),
            null);
    // The server's public address may not lead there from this machine.
    String run = answer.location().substring(answer.location().lastIndexOf('/') + 1);
    Thread goodbye = new Thread(() -> lines.accept(goesOn(run)));
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      return awaitEnd(run);
    } finally {
      RemoteCollection.endGoodbye(goodbye);
    }
  }

  private String goesOn(String run) {
    return "the scrub goes on; to end it: curl -X DELETE " + server.address().resolve(RUNS + run);
  }

  private ScrubReport awaitEnd(String run) throws IOException {
    long pause = FIRST_LOOK_MILLIS;
    while (true) {
      JsonObject state = registry.send("GET", RUNS + run, null).object();
      tell(state.getJsonArray("details", new JsonArray()));
      switch (state.getString("status", "")) {
        case "running" -> pause(pause);
        case "completed" -> {
          return report(state);
        }
        case "cancelled" ->
            throw registry.refused(
                "it did not come to its end: somebody ended it, or its node stopped; the next one"
                    + " goes on there");
        default -> throw registry.refused("it failed: " + state.getString("error", state.encode()));
      }
      pause = Math.min(LOOK_MILLIS, 2 * pause);
    }
  }

  private void tell(JsonArray details) {
    for (; told < details.size(); told++) {
      lines.accept(details.getString(told));
    }
  }

  private static ScrubReport report(JsonObject state) {
    return new ScrubReport(
        state.getLong("blobs"),
        state.getLong("bytes"),
        state.getLong("manifests"),
        state.getLong("tags"),
        state.getLong("damaged"),
        state.getLong("healed"),
        state.getLong("copies"),
        state.getLong("unreadable"));
  }

  private void pause(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw registry.refused("this command was interrupted; the scrub goes on");
    }
  }
}
