package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves blobs from where they were uploaded to where their digest says, behind the answer to their
 * push. Harmless twice, on any node, however long it sleeps: the key is claimed before it is looked
 * whether somebody deletes it, and the claim has a token of its own.
 */
public final class Relocation {
  private static final Logger LOG = LoggerFactory.getLogger(Relocation.class);
  private static final int BATCH = 100;

  /** Readers and signed addresses use the old key that long. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final BlobMoves moves;
  private final ObjectStore objects;
  private volatile boolean stopping;
  private volatile boolean givingWay;

  /** Where the next batch goes on, so that blobs that cannot move keep none behind them. */
  private volatile Optional<StoredBlob> reached = Optional.empty();

  public Relocation(BlobMoves moves, ObjectStore objects) {
    this.moves = moves;
    this.objects = objects;
  }

  /**
   * Moves what waits, a batch of it, the next one with the next call; the number of blobs moved.
   */
  public Future<Integer> run() {
    givingWay = false;
    return moves
        .waiting(BATCH, reached)
        .compose(
            waiting -> {
              reached = waiting.size() < BATCH ? Optional.empty() : Optional.of(waiting.getLast());
              return moveAll(waiting);
            });
  }

  /** Tells whether something waits. */
  public Future<Boolean> isDue() {
    return moves.waiting(1, Optional.empty()).map(waiting -> !waiting.isEmpty());
  }

  /** Lets a run under way end with the blob it is at. */
  public void stop() {
    stopping = true;
  }

  /** Lets a run under way end with the blob it is at; later ones move again. */
  public void giveWay() {
    givingWay = true;
  }

  private Future<Integer> moveAll(List<StoredBlob> waiting) {
    Future<Integer> moved = Future.succeededFuture(0);
    for (StoredBlob blob : waiting) {
      moved =
          moved.compose(
              count ->
                  stopping || givingWay
                      ? Future.succeededFuture(count)
                      : move(blob).map(done -> done ? count + 1 : count));
    }
    return moved;
  }

  private Future<Boolean> move(StoredBlob blob) {
    String home = objects.home(blob.digest());
    // A key that is being deleted is not free for an hour: that costs no claim each second.
    return moves
        .isFree(home)
        .compose(free -> free ? claim(blob, home) : Future.succeededFuture(false));
  }

  private Future<Boolean> claim(StoredBlob blob, String home) {
    String token = UUID.randomUUID().toString();
    return moves
        .claim(blob, home, token)
        .compose(
            claimed ->
                claimed
                    ? moves.isFree(home).compose(free -> move(blob, home, token, free))
                    : Future.succeededFuture(false));
  }

  private Future<Boolean> move(StoredBlob blob, String home, String token, boolean free) {
    if (!free) {
      return moves.retreat(blob, token).map(false);
    }
    return objects
        .copy(blob.location(), home, blob.size())
        .compose(ignored -> moves.finish(blob, home, token, KEPT))
        .recover(
            failure -> {
              LOG.warn("tried to move {} to {} but {}", blob.location(), home, failure.toString());
              return (isGone(failure) ? moves.missing(blob, token) : moves.retreat(blob, token))
                  .map(false);
            });
  }

  private static boolean isGone(Throwable failure) {
    return failure instanceof RegistryException e && e.code() == ErrorCode.BLOB_UNKNOWN;
  }
}
