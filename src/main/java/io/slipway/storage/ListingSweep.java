package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.Page;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.Trash;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds objects that nothing names, which only a request that came late can leave. Those of uploads
 * are deleted, for their keys never get a name again; others go into the trash. Harmless twice.
 */
public final class ListingSweep {
  private static final Logger LOG = LoggerFactory.getLogger(ListingSweep.class);
  static final String UPLOADS = "uploads/";
  static final String BLOBS = "blobs/";

  /** No upload lives longer without a row. */
  static final Duration AGE = Duration.ofDays(1);

  /** A request takes longer than what it costs: few enough to leave the others in peace. */
  private static final int AT_ONCE = 16;

  private final ObjectStore objects;
  private final BlobMoves moves;
  private final Trash trash;
  private final Clock clock;

  public ListingSweep(ObjectStore objects, BlobMoves moves, Trash trash, Clock clock) {
    this.objects = objects;
    this.moves = moves;
    this.trash = trash;
    this.clock = clock;
  }

  /** Runs once; the number of objects that nothing names. */
  public Future<Integer> run() {
    Instant old = clock.instant().minus(AGE);
    return sweep(UPLOADS, "", old)
        .compose(count -> sweep(BLOBS, "", old).map(more -> count + more));
  }

  private Future<Integer> sweep(String folder, String after, Instant old) {
    return objects
        .list(folder, after, old)
        .compose(
            page ->
                sweep(folder, page)
                    .compose(
                        count ->
                            page.last().isEmpty()
                                ? Future.succeededFuture(count)
                                : sweep(folder, page.last(), old).map(more -> count + more)));
  }

  /** Asks for names after the listing: what has none by then gets none. */
  private Future<Integer> sweep(String folder, Page page) {
    if (page.keys().isEmpty()) {
      return Future.succeededFuture(0);
    }
    boolean uploads = folder.equals(UPLOADS);
    return (uploads ? withoutSession(page.keys()) : Future.succeededFuture(page.keys()))
        .compose(this::nameless)
        .compose(nameless -> uploads ? delete(nameless) : throwAway(nameless));
  }

  /**
   * Before it is asked who names them: when a session ends, its objects get their name first, and
   * then it is forgotten.
   */
  private Future<List<String>> withoutSession(List<String> keys) {
    return moves
        .uploads(keys.stream().map(ListingSweep::id).distinct().toList())
        .map(known -> keys.stream().filter(key -> !known.contains(id(key))).toList());
  }

  private Future<List<String>> nameless(List<String> keys) {
    return moves
        .named(keys)
        .map(named -> keys.stream().filter(key -> !named.contains(key)).toList());
  }

  private Future<Integer> throwAway(List<String> nameless) {
    if (nameless.isEmpty()) {
      return Future.succeededFuture(0);
    }
    LOG.info("{} objects under {} have no name and go into the trash", nameless.size(), BLOBS);
    return trash.add(nameless).map(nameless.size());
  }

  private Future<Integer> delete(List<String> nameless) {
    return deleteSome(nameless).map(nameless.size());
  }

  /** As many as are deleted together; a signature is good for a minute. */
  private Future<Void> deleteSome(List<String> lost) {
    if (lost.isEmpty()) {
      return Future.succeededFuture();
    }
    int some = Math.min(lost.size(), objects.deletedAtOnce());
    return objects
        .sign(lost.subList(0, some))
        .compose(
            signed -> {
              Queue<SignedDelete> waiting = new ConcurrentLinkedQueue<>(signed);
              return Future.join(Stream.generate(() -> send(waiting)).limit(AT_ONCE).toList());
            })
        .compose(ignored -> deleteSome(lost.subList(some, lost.size())));
  }

  /** What is left is found again by the next listing. */
  private static Future<Void> send(Queue<SignedDelete> waiting) {
    SignedDelete request = waiting.poll();
    if (request == null) {
      return Future.succeededFuture();
    }
    List<String> keys = request.keys();
    LOG.info(
        "{} and {} more belong to no upload and no blob: they are deleted",
        keys.getFirst(),
        keys.size() - 1);
    LOG.debug("they are {}", keys);
    return request.send().compose(ignored -> send(waiting));
  }

  /** Returns the id of the upload that an object below {@code uploads/} belongs to. */
  static String id(String key) {
    String rest = key.substring(UPLOADS.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
