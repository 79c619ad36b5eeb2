package io.slipway.upload;

import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Ends sessions that nobody goes on with, and deletes the bytes of those that ended. Harmless
 * twice.
 */
public final class UploadReaper {
  /** How long a finished session is remembered, so that a repeated request gets the same answer. */
  private static final Duration FINISHED_KEPT = Duration.ofMinutes(10);

  private final UploadHousekeeping housekeeping;
  private final UploadSessions sessions;
  private final UploadConfig config;

  UploadReaper(UploadHousekeeping housekeeping, UploadSessions sessions, UploadConfig config) {
    this.housekeeping = housekeeping;
    this.sessions = sessions;
    this.config = config;
  }

  /** Returns how long to wait between two runs. */
  public Duration interval() {
    Duration quarter = config.timeout().dividedBy(4);
    return quarter.compareTo(Duration.ofMinutes(1)) > 0 ? Duration.ofMinutes(1) : quarter;
  }

  /** Runs once; the number of sessions whose bytes were deleted. */
  public Future<Integer> run() {
    return housekeeping
        .closeStale(config.timeout(), config.maxAge())
        .compose(ignored -> housekeeping.closed())
        .compose(
            ids ->
                Future.all(ids.stream().map(sessions::discard).toList())
                    .compose(ignored -> forget(ids)))
        .compose(count -> housekeeping.forgetFinished(FINISHED_KEPT).map(count));
  }

  private Future<Integer> forget(List<String> ids) {
    return ids.isEmpty() ? Future.succeededFuture(0) : housekeeping.forget(ids).map(ids.size());
  }
}
