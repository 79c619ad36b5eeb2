package io.slipway.gc;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
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

  private final Runner runner;
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
   */
  public GarbageCollection(
      Vertx vertx, GcStores stores, GcConfig config, Duration deleteAfter, MeterRegistry meters) {
    this.runner = new Runner(vertx, stores, config, deleteAfter, new GcMetrics(meters));
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
    GcRun run = new GcRun(UUID.randomUUID().toString(), options, Instant.now(), promise.future());
    remember(run);
    waiting.add(new Waiting(run, promise, new AtomicBoolean()));
    if (!running) {
      running = true;
      Thread.ofVirtual().name("slipway-gc").start(this::runAll);
    }
    return run;
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

  /** Finds one of the last runs. */
  public synchronized Optional<GcRun> find(String id) {
    return Optional.ofNullable(runs.get(id));
  }

  /**
   * Ends one of the last runs between two batches, also for all others who asked for it; what it
   * has deleted stays deleted. Nothing happens to one that has ended.
   */
  public synchronized Optional<GcRun> cancel(String id) {
    if (current != null && current.run().id().equals(id)) {
      current.cancelled().set(true);
    }
    waiting.stream()
        .filter(other -> other.run().id().equals(id))
        .forEach(other -> other.cancelled().set(true));
    return find(id);
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
      try {
        requireWanted(wanted);
        next.promise()
            .complete(
                runner.run(next.run().id(), next.run().options(), () -> requireWanted(wanted)));
      } catch (Throwable e) {
        if (!(e instanceof GcStoppedException)) {
          LOG.warn("tried to collect garbage but {}", e.toString());
        }
        next.promise().fail(e);
      }
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
    return stopped.future();
  }

  /** A run that was asked for, and who is to be told of its end. */
  private record Waiting(GcRun run, Promise<GcReport> promise, AtomicBoolean cancelled) {}
}
