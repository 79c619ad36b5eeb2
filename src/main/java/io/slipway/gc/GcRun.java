package io.slipway.gc;

import io.slipway.job.JobRun;
import io.slipway.job.JobRun.Status;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * One collection that was asked for: it waits, goes on or has ended.
 *
 * @param progress tells how far it is, while it is not complete
 * @param known complete when all nodes can find it, or cannot be told
 * @param report fails as the collection did; with {@link GcStoppedException} when the process ended
 */
public record GcRun(
    String id,
    GcOptions options,
    Instant askedAt,
    Supplier<JsonObject> progress,
    Future<Void> known,
    Future<GcReport> report) {

  /** Returns what people are told of it now. */
  public JobRun shown() {
    return report.isComplete()
        ? ended(report, Integer.MAX_VALUE)
        : new JobRun(id, askedAt, Status.RUNNING, progress.get(), null);
  }

  /**
   * Returns what people are told of its end.
   *
   * @param most so many of what it deleted are named
   */
  JobRun ended(Future<GcReport> end, int most) {
    if (end.succeeded()) {
      JsonObject figures = end.result().json(options.details(), most);
      return new JobRun(id, askedAt, Status.COMPLETED, figures, null);
    }
    boolean cancelled = end.cause() instanceof GcStoppedException stopped && stopped.isCancelled();
    return new JobRun(
        id,
        askedAt,
        cancelled ? Status.CANCELLED : Status.FAILED,
        new JsonObject(),
        String.valueOf(end.cause().getMessage()));
  }
}
