package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.metadata.Scrubbed;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Scrubs of a running registry, one at a time: who asks for the same during one gets that one.
 * Thread-safe.
 */
public final class ScrubRuns {
  private static final int REMEMBERED = 20;

  private final Vertx vertx;
  private final Context context;
  private final StoreContents contents;
  private final Scrubbed metadata;
  private final ScrubConfig config;
  private final ScrubWatch watch;
  private final Map<String, ScrubRun> runs = new LinkedHashMap<>();
  private @Nullable ScrubRun last;
  private boolean stopping;

  /**
   * Takes its stores.
   *
   * @param watch told what every run finds that is none dry
   */
  public ScrubRuns(
      Vertx vertx,
      StoreContents contents,
      Scrubbed metadata,
      ScrubConfig config,
      ScrubWatch watch) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.contents = contents;
    this.metadata = metadata;
    this.config = config;
    this.watch = watch;
  }

  /**
   * Begins a run, or joins the one under way. Never blocks.
   *
   * @throws RegistryException {@link ErrorCode#CONFLICT} when one is under way that does something
   *     else, {@link ErrorCode#UNAVAILABLE} when the registry stops
   */
  public synchronized ScrubRun start(ScrubWish wish) {
    if (stopping) {
      throw new RegistryException(
          ErrorCode.UNAVAILABLE, "tried to begin a scrub but the registry stops");
    }
    if (last != null && !last.end().isComplete()) {
      if (last.wish().dryRun() == wish.dryRun() && !wish.restart()) {
        return last;
      }
      throw new RegistryException(
          ErrorCode.CONFLICT, "tried to begin a scrub but another one is under way: " + last.id());
    }
    List<String> lines = new ArrayList<>();
    Scrub scrub =
        new Scrub(
            vertx,
            Clock.systemUTC(),
            contents,
            metadata,
            wish.rate().orElse(config.rate()).bytes(),
            wish.dryRun(),
            new ScrubLines(
                line -> ScrubRun.add(lines, line), wish.dryRun() ? ScrubWatch.NOBODY : watch));
    Promise<ScrubReport> end = Promise.promise();
    ScrubRun run =
        new ScrubRun(UUID.randomUUID().toString(), wish, Instant.now(), scrub, lines, end.future());
    context.runOnContext(ignored -> scrub.run(wish.restart()).onComplete(end));
    last = run;
    runs.put(run.id(), run);
    if (runs.size() > REMEMBERED) {
      runs.remove(runs.keySet().iterator().next());
    }
    return run;
  }

  /** Finds one of the last runs. */
  public synchronized Optional<ScrubRun> find(String id) {
    return Optional.ofNullable(runs.get(id));
  }

  /** Ends one of the last runs with what it is at; nothing happens to one that has ended. */
  public synchronized Optional<ScrubRun> cancel(String id) {
    Optional<ScrubRun> run = find(id);
    run.filter(found -> !found.end().isComplete()).ifPresent(ScrubRun::stop);
    return run;
  }

  /** Ends the run under way soon, and begins none any more. */
  public synchronized void stop() {
    stopping = true;
    if (last != null) {
      last.stop();
    }
  }
}
