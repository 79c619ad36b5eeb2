package io.slipway.gc;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.Database;
import io.slipway.job.JobRun;
import io.slipway.job.JobRuns;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage, one run at a time: who asks during a run gets a run of its own after it, which
 * finds what that one may have missed. Thread-safe.
 */
public final class GarbageCollection {
  private static final Logger LOG = LoggerFactory.getLogger(GarbageCollection.class);

  /** Those who ask for the same wait for the same run: more than this are not honest questions. */
  private static final int MOST_WAITING = 16;

  private static final int REMEMBERED = 100;

  /** A row that every node reads is not the place for a hundred thousand names. */
  private static final int NAMED_IN_ROWS = 1000;

  private final GcMetrics metrics;
  private final Runner runner;
  private final JobRuns rows;
  private final Map<String, GcRun> runs = new LinkedHashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Promise<Void> stopped = Promise.promise();
  private volatile boolean stopping;
  private boolean running;
  private @Nullable Waiting current;

  /**
   * Makes a collection that does not run yet.
   *
   * @param deleteAfter how long the bytes of deleted blobs are kept
   * @param rows lets other nodes know of runs that somebody asked for
   */
  public GarbageCollection(
      Vertx vertx,
      GcStores stores,
      GcConfig config,
      Duration deleteAfter,
      JobRuns rows,
      MeterRegistry meters) {
    this.rows = rows;
    this.metrics = new GcMetrics(meters);
    this.runner = new Runner(vertx, stores, config, deleteAfter, metrics);
  }

  /**
   * Tells whether no process deletes garbage in a database now. One that only slept deletes nothing
   * more when it wakes.
   */
  public static Future<Boolean> isIdle(Database database) {
    return Runner.isIdle(database);
  }

  /**
   * Asks for a run and returns what it deleted, or would delete. The future completes on a thread
   * of the run; it fails with {@link GcStoppedException} when the process ends, and as the database
   * does. Never blocks.
   */
  public Future<GcReport> run(GcOptions options) {
    return start(options).report();
  }

  /**
   * Asks for a run that goes on behind the caller.
   *
   * @throws RegistryException {@link ErrorCode#TOOMANYREQUESTS} when too many wait
   */
  public synchronized GcRun start(GcOptions options) {
    for (Waiting other : waiting) {
      if (other.run().options().equals(options) && !other.cancelled().get()) {
        return other.run();
      }
    }
    if (waiting.size() >= MOST_WAITING) {
      throw new RegistryException(
          ErrorCode.TOOMANYREQUESTS,
          "tried to collect garbage but " + MOST_WAITING + " collections wait already");
    }
    Promise<GcReport> promise = Promise.promise();
    Promise<Void> known = Promise.promise();
    Tally tally = new Tally(options, metrics);
    GcRun run =
        new GcRun(
            UUID.randomUUID().toString(),
            options,
            Instant.now().truncatedTo(ChronoUnit.MILLIS),
            () -> tally.progress().json(),
            known.future(),
            promise.future());
    remember(run);
    Waiting added = new Waiting(run, tally, promise, new AtomicBoolean());
    waiting.add(added);
    tell(added, known);
    if (!running) {
      running = true;
      Thread.ofVirtual().name("slipway-gc").start(this::runAll);
    }
    return run;
  }

  /** Nobody knows the name of one that nobody asked for. */
  private void tell(Waiting added, Promise<Void> known) {
    if (added.run().options().yields()) {
      known.complete();
      return;
    }
    rows.begin(added.run().shown(), added.run().progress(), () -> added.cancelled().set(true))
        .recover(
            cause -> {
              LOG.debug("tried to tell other nodes of a collection but {}", cause.toString());
              return Future.succeededFuture();
            })
        .onComplete(known);
  }

  private void remember(GcRun run) {
    runs.put(run.id(), run);
    if (runs.size() > REMEMBERED) {
      runs.values().stream()
          .filter(old -> old.report().isComplete())
          .findFirst()
          .ifPresent(old -> runs.remove(old.id()));
    }
  }

  /** Hears from other nodes which runs are to end. */
  public void listen() {
    rows.listen();
  }

  /** Finds one of the last runs, of this process or of another one. */
  public Future<Optional<JobRun>> find(String id) {
    Optional<GcRun> here = here(id);
    return here.isPresent() ? Future.succeededFuture(here.map(GcRun::shown)) : rows.find(id);
  }

  /**
   * Ends one of the last runs, of this process or of another one, between two batches, also for all
   * others who asked for it; what it has deleted stays deleted. Nothing happens to one that has
   * ended.
   */
  public Future<Optional<JobRun>> cancel(String id) {
    Optional<GcRun> here = cancelHere(id);
    return here.isPresent() ? Future.succeededFuture(here.map(GcRun::shown)) : rows.cancel(id);
  }

  private synchronized Optional<GcRun> here(String id) {
    return Optional.ofNullable(runs.get(id));
  }

  private synchronized Optional<GcRun> cancelHere(String id) {
    if (current != null && current.run().id().equals(id)) {
      current.cancelled().set(true);
    }
    waiting.stream()
        .filter(other -> other.run().id().equals(id))
        .forEach(other -> other.cancelled().set(true));
    return here(id);
  }

  /** Throws when a run is to end. */
  private void requireWanted(Waiting run) {
    if (stopping) {
      throw GcStoppedException.ofProcess();
    }
    if (run.cancelled().get()) {
      throw GcStoppedException.ofRun();
    }
  }

  private void runAll() {
    Waiting next;
    while ((next = next()) != null) {
      Waiting wanted = next;
      Future<GcReport> end;
      try {
        requireWanted(wanted);
        end =
            Future.succeededFuture(
                runner.run(
                    next.run().id(),
                    next.run().options(),
                    next.tally(),
                    () -> requireWanted(wanted)));
      } catch (Throwable e) {
        if (!(e instanceof GcStoppedException)) {
          LOG.warn("tried to collect garbage but {}", e.toString());
        }
        end = Future.failedFuture(e);
      }
      tellEnd(next.run(), end);
      tellHere(next, end);
    }
  }

  /** Before it is told here: no node says later that it goes on. */
  private void tellEnd(GcRun run, Future<GcReport> end) {
    if (!run.options().yields()) {
      try {
        Pace.await(run.known().compose(ignored -> rows.end(run.ended(end, NAMED_IN_ROWS))));
      } catch (Throwable e) {
        // Whatever it is, those who wait here are told.
        LOG.debug("tried to tell other nodes of the end of a collection but {}", e.toString());
      }
    }
  }

  /** Those who wait hear of it on this thread: what one of them throws ends no other run. */
  private static void tellHere(Waiting run, Future<GcReport> end) {
    try {
      run.promise().handle(end);
    } catch (RuntimeException | Error e) {
      LOG.warn("tried to tell of the end of a collection but who asked for it failed", e);
    }
  }

  private synchronized @Nullable Waiting next() {
    Waiting next = waiting.poll();
    current = next;
    running = next != null;
    if (!running && stopping) {
      stopped.tryComplete();
    }
    return next;
  }

  /** Ends a run between two batches, and those that wait; complete when none goes on. */
  public synchronized Future<Void> stop() {
    stopping = true;
    if (!running) {
      stopped.tryComplete();
    }
    return stopped.future().eventually(rows::stop);
  }

  /** A run that was asked for, and who is to be told of its end. */
  private record Waiting(
      GcRun run, Tally tally, Promise<GcReport> promise, AtomicBoolean cancelled) {}
}
