package io.slipway.upload;

import io.slipway.blob.Staging;
import io.slipway.event.Actor;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.UploadRow.State;
import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings sessions and staged bytes together again after the process died: an open session is as
 * long as its bytes, a sealed one is completed, and bytes without a session go.
 */
public final class UploadRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(UploadRecovery.class);

  private final UploadHousekeeping housekeeping;
  private final Staging staging;
  private final UploadCompletion completion;

  UploadRecovery(UploadHousekeeping housekeeping, Staging staging, UploadCompletion completion) {
    this.housekeeping = housekeeping;
    this.staging = staging;
    this.completion = completion;
  }

  /** Runs once, before the first request, on the only process that uses the storage. */
  public Future<Void> run() {
    Set<String> known = new HashSet<>();
    return recoverAfter("", known).compose(ignored -> discardStrays(known));
  }

  private Future<Void> recoverAfter(String after, Set<String> known) {
    return housekeeping
        .unfinished(after)
        .compose(
            rows -> {
              if (rows.isEmpty()) {
                return Future.succeededFuture();
              }
              Future<Void> recovered = Future.succeededFuture();
              for (UploadRow row : rows) {
                known.add(row.id());
                recovered = recovered.compose(ignored -> recover(row));
              }
              return recovered.compose(ignored -> recoverAfter(rows.getLast().id(), known));
            });
  }

  private Future<Void> recover(UploadRow row) {
    if (row.state() == State.SEALED) {
      return complete(row);
    }
    if (staging.isShared()) {
      // Its row is all there is to know.
      return housekeeping.recover(row.id(), row.size());
    }
    return staging
        .leftovers()
        .size(row.id())
        // A loss of power may have taken bytes back; a death of the process never does.
        .compose(bytes -> housekeeping.recover(row.id(), Math.max(0, bytes)));
  }

  /**
   * Its bytes were durable and their digest right before it was sealed: what is left is to name
   * them.
   */
  private Future<Void> complete(UploadRow row) {
    return completion
        .publishSealed(row, row.digest().orElseThrow(), Actor.named(row.actor()))
        .recover(
            failure -> {
              LOG.warn("tried to complete the upload {} but {}", row.id(), failure.getMessage());
              return Future.succeededFuture();
            });
  }

  private Future<Void> discardStrays(Set<String> known) {
    return staging
        .leftovers()
        .list()
        .compose(
            ids -> {
              List<String> strays = ids.stream().filter(id -> !known.contains(id)).toList();
              // One that nobody can delete is no reason not to start.
              return Deletions.of(strays, staging::discard).mapEmpty();
            });
  }
}
