package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.job.JobRun;
import io.slipway.job.JobRuns;
import io.slipway.job.OneNode;
import io.slipway.metadata.Scrubbed;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Scrubs of a running registry, one at a time on all of its nodes: who asks for the same during one
 * gets that one. Thread-safe.
 */
public final class ScrubRuns {
  private static final int REMEMBERED = 20;

  /** For a moment nobody has a row, between two scrubs or before one says that it has begun. */
  private static final int TRIES = 10;

  private static final long LOOK_MILLIS = 200;

  private final Vertx vertx;
  private final Context context;
  private final StoreContents contents;
  private final Scrubbed metadata;
  private final ScrubConfig config;
  private final ScrubWatch watch;
  private final OneNode node;
  private final JobRuns rows;
  private final Map<String, ScrubRun> runs = new LinkedHashMap<>();
  private @Nullable ScrubRun last;
  private boolean stopping;

  /**
   * Takes its stores.
   *
   * @param watch told what every run finds that is none dry
   * @param node lets one process at a time do it
   * @param rows lets other nodes know of it
   */
  public ScrubRuns(
      Vertx vertx,
      StoreContents contents,
      Scrubbed metadata,
      ScrubConfig config,
      ScrubWatch watch,
      OneNode node,
      JobRuns rows) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.contents = contents;
    this.metadata = metadata;
    this.config = config;
    this.watch = watch;
    this.node = node;
    this.rows = rows;
  }

  /** Hears from other nodes which runs are to end. */
  public void listen() {
    rows.listen();
  }

  /**
   * Begins a run, or joins the one under way, of whichever node.
   *
   * @return what is told of it; fails with {@link ErrorCode#CONFLICT} when one is under way that
   *     does something else, {@link ErrorCode#UNAVAILABLE} when the registry stops
   */
  public Future<JobRun> start(ScrubWish wish) {
    return start(wish, TRIES);
  }

  private Future<JobRun> start(ScrubWish wish, int tries) {
    ScrubRun run;
    boolean joins;
    synchronized (this) {
      ScrubRun before = underWay();
      joins = before != null;
      run = before == null ? launch(wish, () -> Future.succeededFuture(true)) : before;
    }
    return run.begun()
        .compose(
            begun ->
                joins && !begun.wish().suits(wish)
                    ? Future.failedFuture(other(begun.id()))
                    : Future.succeededFuture(begun.shown()),
            cause ->
                cause instanceof ElsewhereException
                    ? join(wish, tries)
                    : Future.failedFuture(cause));
  }

  /**
   * Goes on with a scrub that did not end, or begins one when the last one ended so long ago.
   *
   * @return the run when it has begun; empty when it is not time, or somebody is at it
   */
  public Future<Optional<ScrubRun>> startIfDue(Duration interval) {
    Supplier<Future<Boolean>> due = () -> Scrub.isDue(metadata, interval);
    return due.get()
        .compose(
            isDue -> {
              synchronized (this) {
                return !isDue || underWay() != null
                    ? Future.succeededFuture(Optional.empty())
                    // Asked again by who may do it: another node may just have ended.
                    : launch(new ScrubWish(false, false, Optional.empty()), due)
                        .begun()
                        .map(Optional::of)
                        .recover(
                            cause ->
                                cause instanceof ElsewhereException
                                    ? Future.succeededFuture(Optional.empty())
                                    : Future.failedFuture(cause));
              }
            });
  }

  private @Nullable ScrubRun underWay() {
    return last == null || last.end().isComplete() ? null : last;
  }

  private ScrubRun launch(ScrubWish wish, Supplier<Future<Boolean>> isWanted) {
    ScrubRun run = new ScrubRun(wish, lines -> scrub(wish, lines));
    if (stopping) {
      run.giveUp(
          new RegistryException(
              ErrorCode.UNAVAILABLE, "tried to begin a scrub but the registry stops"));
      return run;
    }
    last = run;
    context.runOnContext(
        ignored ->
            node.alone(
                    () -> isWanted.get().compose(wanted -> wanted ? work(run) : notNow()),
                    run::stop)
                .onSuccess(done -> run.giveUp(new ElsewhereException()))
                .onFailure(run::giveUp));
    return run;
  }

  private Scrub scrub(ScrubWish wish, Consumer<String> lines) {
    return new Scrub(
        vertx,
        contents,
        metadata,
        wish.rate().orElse(config.rate()).bytes(),
        wish.dryRun(),
        new ScrubLines(lines, wish.dryRun() ? ScrubWatch.NOBODY : watch));
  }

  private static Future<Boolean> notNow() {
    return Future.succeededFuture(false);
  }

  private Future<Boolean> work(ScrubRun run) {
    remember(run);
    return run.work(rows).transform(ignored -> Future.succeededFuture(true));
  }

  private synchronized void remember(ScrubRun run) {
    runs.put(run.id(), run);
    if (runs.size() > REMEMBERED) {
      runs.remove(runs.keySet().iterator().next());
    }
  }

  /** Another process is at it, or has just ended, or begins and has not said so yet. */
  private Future<JobRun> join(ScrubWish wish, int tries) {
    return rows.underWay()
        .compose(
            found -> {
              if (found.isEmpty()) {
                return tries == 0
                    ? Future.failedFuture(other("of another process"))
                    : vertx.timer(LOOK_MILLIS).compose(ignored -> start(wish, tries - 1));
              }
              JobRun run = found.get();
              boolean differs =
                  wish.restart() || run.figures().getBoolean("dryRun", false) != wish.dryRun();
              return differs ? Future.failedFuture(other(run.id())) : Future.succeededFuture(run);
            });
  }

  private static RegistryException other(String which) {
    return new RegistryException(
        ErrorCode.CONFLICT, "tried to begin a scrub but another one is under way: " + which);
  }

  /** Finds one of the last runs, of this process or of another one. */
  public Future<Optional<JobRun>> find(String id) {
    Optional<ScrubRun> here = here(id);
    return here.isPresent() ? Future.succeededFuture(here.map(ScrubRun::shown)) : rows.find(id);
  }

  /**
   * Ends one of the last runs with what it is at, of this process or of another one; nothing
   * happens to one that has ended.
   */
  public Future<Optional<JobRun>> cancel(String id) {
    Optional<ScrubRun> here = here(id);
    here.filter(run -> !run.end().isComplete()).ifPresent(ScrubRun::stop);
    return here.isPresent() ? Future.succeededFuture(here.map(ScrubRun::shown)) : rows.cancel(id);
  }

  private synchronized Optional<ScrubRun> here(String id) {
    return Optional.ofNullable(runs.get(id));
  }

  /** Ends the run under way soon, and begins none any more; complete when none goes on. */
  public synchronized Future<Void> stop() {
    stopping = true;
    if (last == null) {
      return rows.stop();
    }
    last.stop();
    return last.end().transform(ignored -> rows.stop());
  }

  /** Says that another process is at a scrub, or that it is not time any more. */
  private static final class ElsewhereException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ElsewhereException() {
      super("tried to begin a scrub but another process is at one", null, false, false);
    }
  }
}
