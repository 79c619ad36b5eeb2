package io.slipway.server;

import io.slipway.auth.audit.AuditConsumer;
import io.slipway.auth.audit.AuditFile;
import io.slipway.auth.audit.AuditStore;
import io.slipway.auth.audit.Denials;
import io.slipway.event.EventConsumer;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Writes the audit log, and deletes what is old in it. */
record AuditJobs(
    Vertx vertx, AuditStore store, AuditFile file, Denials denials, Duration retention) {
  /** What is refused alike within it is one entry. */
  private static final Duration DENIALS = Duration.ofSeconds(5);

  private static final Duration LINES = Duration.ofSeconds(1);
  private static final Duration OLD = Duration.ofHours(1);

  /** Returns what hears of changes. */
  EventConsumer consumer() {
    return new AuditConsumer(store, file);
  }

  /** Returns the jobs, which do not run yet. */
  List<Poller> pollers() {
    Duration shortest = retention.compareTo(OLD) < 0 ? retention : OLD;
    return List.of(
        new Poller(vertx, "refused requests", DENIALS, () -> denials.flush(store)),
        new Poller(vertx, "audit file", LINES, file::write),
        new Poller(vertx, "audit retention", shortest, () -> store.deleteOlder(retention)));
  }

  /** Writes what is left when the jobs have ended, as far as that succeeds at once. */
  Future<Void> flush() {
    // What a failure had left waiting comes first, what was gathered meanwhile behind it.
    return all(() -> denials.flush(store))
        .compose(ignored -> all(() -> denials.flush(store)))
        .transform(ignored -> all(file::write));
  }

  private static Future<Void> all(Supplier<Future<Boolean>> job) {
    return job.get().compose(more -> more ? all(job) : Future.succeededFuture());
  }
}
