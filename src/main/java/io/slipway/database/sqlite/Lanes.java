package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two queues, and the switch that ends both when the file has failed. Thread-safe. */
final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  private final JobQueue<Read<?>> reads;
  private final JobQueue<Member<?>> writes;
  private final Consumer<Throwable> onFatal;
  private final AtomicBoolean broken = new AtomicBoolean();

  Lanes(int limit, Consumer<Throwable> onFatal) {
    this.reads = new JobQueue<>(limit);
    this.writes = new JobQueue<>(limit);
    this.onFatal = onFatal;
  }

  JobQueue<Read<?>> reads() {
    return reads;
  }

  JobQueue<Member<?>> writes() {
    return writes;
  }

  boolean broken() {
    return broken.get();
  }

  /** Refuses new jobs; those that wait still run. */
  void close() {
    reads.close("it is closed");
    writes.close("it is closed");
  }

  /** Ends everything, once, if a failure means that the file cannot be trusted any more. */
  void check(Throwable failure) {
    if (SqliteErrors.isFatal(failure)) {
      breakDown(failure);
    }
  }

  /** Ends everything, once. */
  void breakDown(Throwable failure) {
    if (!broken.compareAndSet(false, true)) {
      return;
    }
    LOG.error("the database has failed and stops", failure);
    String why = "it has failed before: " + failure.getMessage();
    reads.close(why);
    writes.close(why);
    failAll(reads.drain(), failure);
    failAll(writes.drain(), failure);
    try {
      onFatal.accept(failure);
    } catch (RuntimeException e) {
      LOG.error("tried to tell that the database has failed", e);
    }
  }

  static void failAll(Iterable<? extends Job> jobs, Throwable failure) {
    DatabaseException answer =
        new DatabaseException(
            Reason.UNAVAILABLE,
            "tried to use the database but it has failed: " + failure.getMessage(),
            failure);
    jobs.forEach(job -> job.fail(answer));
  }

  static void failAll(List<Member<?>> members, DatabaseException failure) {
    members.forEach(member -> member.fail(failure));
  }
}
