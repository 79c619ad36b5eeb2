package io.slipway.gc;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.event.Event;
import io.slipway.event.Event.GcCompleted;
import io.slipway.event.Event.GcProgressed;
import io.slipway.event.Event.GcStarted;
import io.slipway.event.EventLook;
import io.slipway.event.Outbox;
import io.slipway.metadata.Restore.State;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one run after the other: lease, events, metrics, and the run. For a thread of its
 * own.
 */
final class Runner {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final String COMPLETED = "completed";
  private static final String STOPPED = "stopped";
  private static final String FAILED = "failed";
  private static final String SKIPPED = "skipped";
  private static final String LEASE = "gc";
  private static final Duration LEASE_TIME = Duration.ofSeconds(20);

  /** How often and how long somebody who asked waits for the collection of another process. */
  private static final long LOOK_MILLIS = 500;

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** So long may something stay that no rule foresaw. */
  private static final Duration WHOLE = Duration.ofHours(6);

  private final Vertx vertx;
  private final GcStores stores;
  private final GcConfig config;
  private final Duration deleteAfter;
  private final GcMetrics metrics;
  private final ClockJump clock;

  /** What another process did before is not trusted: the first run reads everything. */
  private boolean readAll;

  /** Of the run under way. */
  private Runnable requireWanted = () -> {};

  Runner(Vertx vertx, GcStores stores, GcConfig config, Duration deleteAfter, GcMetrics metrics) {
    this.vertx = vertx;
    this.stores = stores;
    this.config = config;
    this.deleteAfter = deleteAfter;
    this.metrics = metrics;
    this.clock = new ClockJump(config.grace());
  }

  /**
   * Runs to the end; throws what it failed with.
   *
   * @param tally counts what it does
   * @param wanted throws when the run is to end
   */
  GcReport run(String id, GcOptions options, Tally tally, Runnable wanted) {
    requireWanted = wanted;
    long start = System.nanoTime();
    String outcome = FAILED;
    metrics.started();
    try {
      outcome = options.dryRun() ? foresee(options, tally) : collectAlone(id, options, tally);
      return tally.report();
    } catch (GcStoppedException e) {
      outcome = STOPPED;
      throw e;
    } finally {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      metrics.ended(outcome, took, options.dryRun());
      log(outcome, took, tally.report());
    }
  }

  /** Tells whether nobody has the lease, and takes it from a process that only sleeps. */
  static Future<Boolean> isIdle(Database database) {
    return Lease.take(database, LEASE, "nobody", LEASE_TIME)
        .compose(
            lease ->
                lease.isEmpty() ? Future.succeededFuture(false) : lease.get().release().map(true));
  }

  private String foresee(GcOptions options, Tally tally) {
    return collect(null, options, tally);
  }

  private static void log(String outcome, Duration took, GcReport report) {
    if (!report.dryRun() && report.deletedAny()) {
      LOG.info(
          "garbage collection {} after {} ms: deleted {} manifests, {} links, {} blobs of {} bytes",
          outcome,
          took.toMillis(),
          report.manifests(),
          report.links(),
          report.blobs(),
          report.bytes());
    }
  }

  private String collectAlone(String id, GcOptions options, Tally tally) {
    Lease lease = lease(options);
    if (lease == null) {
      return SKIPPED;
    }
    try {
      // Once a minute there is nothing to tell of, most of the time.
      if (!options.yields()) {
        tell(new GcStarted(options.actor(), id));
        tally.onPhaseEnd(progress -> tell(progressed(id, options, progress)));
      }
      String outcome = FAILED;
      try {
        outcome = collect(lease, options, tally);
      } catch (GcStoppedException e) {
        outcome = STOPPED;
        throw e;
      } finally {
        if (!options.yields() || tally.report().deletedAny()) {
          tell(completed(id, options, outcome, tally.report()));
        }
      }
      return outcome;
    } finally {
      Pace.await(lease.release());
    }
  }

  private static Event progressed(String id, GcOptions options, GcProgress progress) {
    return new GcProgressed(
        options.actor(),
        id,
        progress.phase().text(),
        progress.manifests(),
        progress.links(),
        progress.blobs(),
        progress.bytes());
  }

  private static Event completed(String id, GcOptions options, String outcome, GcReport report) {
    return new GcCompleted(
        options.actor(), id, outcome, report.manifests(), report.blobs(), report.bytes());
  }

  private String collect(@Nullable Lease lease, GcOptions options, Tally tally) {
    Pace.await(stores.pulls().get());
    long now = Pace.await(stores.marks().now());
    // After that moment: what a rebuild brings back from now on is younger than every cutoff.
    requireNoRebuild();
    boolean believed = clock.believes(now, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    if (!believed && options.yields()) {
      return SKIPPED;
    }
    Cutoffs cutoffs = Cutoffs.at(now, options, config);
    Pace pace = new Pace(vertx, requireWanted, lease);
    if (lease == null) {
      new Collector(stores, null, cutoffs, pace, tally).run();
      return COMPLETED;
    }
    Sweeper sweeper = new Sweeper(stores.sweep(), lease, cutoffs, deleteAfter, pace, tally);
    Optional<GcNote> note = pace.step(() -> stores.recent().take(lease)).map(GcNote::parse);
    boolean recently =
        note.filter(known -> options.yields() && isEnough(known, cutoffs, now))
            .filter(
                known -> new RecentCollector(stores, cutoffs, known, pace, tally, sweeper).run())
            .isPresent();
    if (!recently) {
      new Collector(stores, sweeper, cutoffs, pace, tally).run();
      readAll = true;
    }
    long wholeAt = recently ? note.orElseThrow().wholeAt() : now;
    // What another grace spared or took says nothing to a run with the configured one.
    if (options.grace().isEmpty() && !sweeper.left().isTooMany()) {
      GcNote next = new GcNote(cutoffs, wholeAt, sweeper.left());
      pace.step(() -> stores.recent().keep(lease, next.text()));
    }
    tally.phase(GcPhase.BYTES);
    // What comes in meanwhile is for the next: pushes can fill the trash as fast as it is emptied.
    while (pace.step(stores.bytes()) >= GcStores.FULL_BATCH) {
      LOG.debug("a batch of bytes is gone");
    }
    return COMPLETED;
  }

  /** What was not brought back yet looks as if nothing needed it. */
  private void requireNoRebuild() {
    State state = Pace.await(stores.restore().state());
    if (state == State.FORGETTING || state == State.UNFINISHED) {
      throw new RegistryException(
          ErrorCode.UNAVAILABLE,
          "tried to collect garbage but a rebuild of its database did not end: wait for it, or run"
              + " registry rebuild again when it was killed");
    }
  }

  /** Tells whether a run may look only at what is new since another one. */
  private boolean isEnough(GcNote note, Cutoffs cutoffs, long now) {
    return readAll
        && now - note.wholeAt() < WHOLE.toMillis()
        && cutoffs.manifests() >= note.cutoffs().manifests()
        && cutoffs.blobs() >= note.cutoffs().blobs();
  }

  /** Returns null when another process is at it and this run gives way. */
  private @Nullable Lease lease(GcOptions options) {
    long start = System.nanoTime();
    while (true) {
      Optional<Lease> lease = Pace.await(Lease.take(stores.database(), LEASE, "gc", LEASE_TIME));
      if (lease.isPresent()) {
        return lease.get();
      }
      if (options.yields()) {
        return null;
      }
      requireWanted.run();
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new RegistryException(
            ErrorCode.UNAVAILABLE,
            "tried to collect garbage but another process has been at it for "
                + PATIENCE.toMinutes()
                + " minutes");
      }
      Pace.await(vertx.timer(LOOK_MILLIS));
    }
  }

  private void tell(Event event) {
    Pace.await(stores.database().transaction(transaction -> Outbox.append(transaction, event)));
    EventLook.send(vertx);
  }
}
