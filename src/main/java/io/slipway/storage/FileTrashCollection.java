package io.slipway.storage;

import io.slipway.blob.BlobStore;
import io.slipway.blob.BlobTurns;
import io.slipway.metadata.FileTrash;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is in the trash from the files of the one process that owns them. A file goes while
 * nobody can publish its digest: a push either has named it before, or brings it again after.
 */
public final class FileTrashCollection {
  private static final Logger LOG = LoggerFactory.getLogger(FileTrashCollection.class);
  private static final int BATCH = 100;
  private static final Duration LATER = Duration.ofHours(1);

  private final FileTrash trash;
  private final BlobTurns turns;
  private final BlobStore files;

  public FileTrashCollection(FileTrash trash, BlobTurns turns, BlobStore files) {
    this.trash = trash;
    this.turns = turns;
    this.files = files;
  }

  /**
   * Deletes a batch of what is due; the number of keys whose bytes are gone. One whose turn does
   * not come keeps none of its batch waiting; then this fails.
   */
  public Future<Integer> run() {
    return trash
        .due(BATCH)
        .compose(
            due -> {
              List<Future<Boolean>> removed = new ArrayList<>();
              Future<?> last = Future.succeededFuture();
              for (String key : due) {
                Future<Boolean> next = last.transform(ignored -> remove(key));
                removed.add(next);
                last = next;
              }
              return Future.join(removed).map(ignored -> gone(removed));
            });
  }

  private static int gone(List<Future<Boolean>> removed) {
    return (int) removed.stream().filter(Future::result).count();
  }

  /**
   * The row goes last, for without it nobody would look for the file again, and while nobody can
   * name the file: a row that came after would be another one's. Whoever names a file takes its row
   * away.
   */
  private Future<Boolean> remove(String key) {
    return turns.alone(
        key,
        () ->
            trash
                .isNamed(key)
                .compose(
                    named ->
                        named
                            ? Future.succeededFuture(false)
                            : files
                                .delete(key)
                                .transform(
                                    deleted ->
                                        deleted.succeeded()
                                            ? trash.forget(key).map(true)
                                            : postpone(key, deleted.cause()))));
  }

  /** One that cannot be deleted keeps no other on the disk. */
  private Future<Boolean> postpone(String key, Throwable cause) {
    LOG.warn("tried to delete {} but {}", key, cause.toString());
    return trash.postpone(key, LATER).map(false);
  }
}
