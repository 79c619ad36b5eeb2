package io.slipway.upload;

import io.slipway.blob.Staging;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends sessions that nobody goes on with, and deletes the bytes of those that ended. Harmless
 * twice.
 */
public final class UploadReaper {
  /** How long a finished session is remembered, so that a repeated request gets the same answer. */
  private static final Duration FINISHED_KEPT = Duration.ofMinutes(10);

  private final UploadHousekeeping housekeeping;
  private final Staging staging;
  private final UploadSessions sessions;
  private final UploadConfig config;
  private final UploadClearance<String> closed;
  private final UploadClearance<UploadRow> finished;
  private volatile boolean stopping;

  /**
   * Takes its parts.
   *
   * @param patience how long it waits for the writer and the bytes of one session before it goes on
   *     without; what it began goes on behind
   */
  UploadReaper(
      UploadHousekeeping housekeeping,
      UploadSessions sessions,
      Staging staging,
      UploadConfig config,
      Duration patience) {
    this.staging = staging;
    this.housekeeping = housekeeping;
    this.sessions = sessions;
    this.config = config;
    this.closed =
        new UploadClearance<>(
            housekeeping::closed,
            id -> id,
            id -> sessions.discard(id).timeout(patience.toMillis(), TimeUnit.MILLISECONDS),
            housekeeping::forget,
            () -> stopping);
    this.finished =
        new UploadClearance<>(
            after -> housekeeping.finished(FINISHED_KEPT, after),
            UploadRow::id,
            row -> staging.tidy(row.id(), Progress.ofRow(row)),
            housekeeping::forgetFinished,
            () -> stopping);
  }

  /** Returns how long to wait between two runs. */
  public Duration interval() {
    Duration quarter = config.timeout().dividedBy(4);
    return quarter.compareTo(Duration.ofMinutes(1)) > 0 ? Duration.ofMinutes(1) : quarter;
  }

  /**
   * Has a run that is under way end soon: what it deletes now is deleted, the rest is left to the
   * next one, of the next process or another node. Thread-safe.
   */
  public void stop() {
    stopping = true;
  }

  /** Runs once; the number of sessions whose bytes were deleted. */
  public Future<Integer> run() {
    // On files nobody else goes on with them, and only they know that a disk failed.
    if (staging.isShared()) {
      sessions.forgetUnused(config.timeout());
    }
    return housekeeping
        .closeStale(config.timeout(), config.maxAge())
        .compose(ignored -> closed.run())
        // Whatever became of those: a row stays of every push.
        .transform(
            count ->
                forgetFinished()
                    .compose(
                        ignored ->
                            count.succeeded()
                                ? Future.succeededFuture(count.result())
                                : Future.failedFuture(count.cause())));
  }

  /** A store that is shared may keep leftovers of uploads that ended well. */
  private Future<Void> forgetFinished() {
    return staging.isShared()
        ? finished.run().mapEmpty()
        : housekeeping.forgetFinished(FINISHED_KEPT);
  }
}
