package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.Unfinished;
import io.slipway.blob.ObjectStore.UnfinishedPage;
import io.slipway.metadata.BlobMoves;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up multipart uploads that nobody looks for: copies whose process was killed, and what came
 * late for an upload that is forgotten. Those of uploads that have a row are left to whoever ends
 * the upload. Harmless twice.
 */
public final class UnfinishedSweep {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedSweep.class);

  private final ObjectStore objects;
  private final BlobMoves moves;
  private final Clock clock;

  public UnfinishedSweep(ObjectStore objects, BlobMoves moves, Clock clock) {
    this.objects = objects;
    this.moves = moves;
    this.clock = clock;
  }

  /** Runs once; the number of multipart uploads that were given up. */
  public Future<Integer> run() {
    Instant old = clock.instant().minus(ListingSweep.AGE);
    return sweep(ListingSweep.BLOBS, Unfinished.NONE, old)
        .compose(
            count -> sweep(ListingSweep.UPLOADS, Unfinished.NONE, old).map(more -> count + more));
  }

  private Future<Integer> sweep(String folder, Unfinished after, Instant old) {
    return objects
        .unfinished(folder, after, old)
        .compose(
            page ->
                sweep(folder, page)
                    .compose(
                        count ->
                            page.last().equals(Unfinished.NONE)
                                ? Future.succeededFuture(count)
                                : sweep(folder, page.last(), old).map(more -> count + more)));
  }

  /** No copy takes a day; whether an upload has a row is asked after the listing. */
  private Future<Integer> sweep(String folder, UnfinishedPage page) {
    List<Unfinished> found = page.uploads();
    if (found.isEmpty() || folder.equals(ListingSweep.BLOBS)) {
      return abort(found);
    }
    return moves
        .uploads(found.stream().map(UnfinishedSweep::id).distinct().toList())
        .compose(known -> abort(found.stream().filter(one -> !known.contains(id(one))).toList()));
  }

  private static String id(Unfinished upload) {
    return ListingSweep.id(upload.key());
  }

  /** One after the other: there are few, and nobody waits for them. */
  private Future<Integer> abort(List<Unfinished> dead) {
    Future<Integer> aborted = Future.succeededFuture(0);
    for (Unfinished upload : dead) {
      aborted = aborted.compose(count -> abort(upload).map(done -> done ? count + 1 : count));
    }
    return aborted;
  }

  /** One that cannot be given up today keeps no other from it. */
  private Future<Boolean> abort(Unfinished upload) {
    LOG.info("a multipart upload to {} is a day old and nobody's: it is given up", upload.key());
    return objects
        .abort(upload)
        .map(true)
        .recover(
            failure -> {
              LOG.warn("tried to give up an upload to {} but {}", upload.key(), failure.toString());
              return Future.succeededFuture(false);
            });
  }
}
