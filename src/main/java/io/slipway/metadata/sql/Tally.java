package io.slipway.metadata.sql;

import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the statements of one transaction changed, and notes it in that transaction.
 *
 * <p>Every statement that inserts or deletes rows of {@code blob}, {@code link} or {@code
 * manifest}, or gives or takes the digest of a tag, has to be told of here: by what it returned,
 * never by what was read before it (docs/adr/012).
 */
final class Tally {
  /** What a transaction returns of the manifests it deletes, for {@link #deletedManifest}. */
  static final String MANIFEST_DELETED = "repo, tag_pushes, image_size";

  /** What a transaction returns of the links it inserts or deletes. */
  static final String LINK_SIZE =
      "(SELECT b.size FROM blob b WHERE b.digest = link.digest) AS size";

  /** An image's size is its client's word; the sum of all has to fit. */
  static final long MOST_IMAGE_SIZE = 1L << 40;

  /** The repository of what belongs to none. */
  static final String WHOLE = "";

  private static final String NOTE =
      "INSERT INTO statistics_change (repo, pushed_at, "
          + Figure.each(column -> column)
          + ") VALUES ($1, CASE WHEN $2 THEN :now END, "
          + Figure.parameters(3)
          + ")";

  private final Map<String, Change> changes = new TreeMap<>();

  /** A push of a manifest; {@code inserted} and {@code newImage} as its upsert returned them. */
  void pushedManifest(String repo, boolean inserted, boolean newImage, long imageSize) {
    Change change = of(repo);
    change.pushed = true;
    if (inserted) {
      addManifests(change, 1, imageSize);
    }
    if (newImage) {
      change.add(Figure.IMAGES, 1);
    }
  }

  /** A manifest whose row was deleted, by anybody. */
  void deletedManifest(Deleted manifest) {
    Change change = of(manifest.repo());
    addManifests(change, -1, manifest.imageSize());
    if (manifest.image()) {
      change.add(Figure.IMAGES, -1);
    }
  }

  private static void addManifests(Change change, int sign, long imageSize) {
    change.add(Figure.MANIFESTS, sign);
    if (imageSize > 0) {
      change.add(Figure.SIZED, sign);
      change.add(Figure.SIZED_BYTES, sign * Math.min(imageSize, MOST_IMAGE_SIZE));
    }
  }

  /** Tags that name a manifest now and did not before; negative for the opposite. */
  void tags(String repo, long more) {
    of(repo).add(Figure.TAGS, more);
  }

  /** A link that was inserted. */
  void linked(String repo, long size) {
    of(repo).add(Figure.LINKED_BYTES, size);
  }

  /** A link that was deleted, by anybody. */
  void unlinked(String repo, long size) {
    of(repo).add(Figure.LINKED_BYTES, -size);
  }

  /** A push of a blob to a repository; {@code inserted} as its upsert returned it. */
  void pushedBlob(String repo, boolean inserted, long size) {
    // Of the whole registry, but noted with the rest of the push.
    Change change = of(repo);
    if (!inserted) {
      change.add(Figure.HITS, 1);
      return;
    }
    change.add(Figure.BLOBS, 1);
    change.add(Figure.BLOB_BYTES, size);
    change.add(Figure.MISSES, 1);
  }

  /** A blob whose row was deleted, by anybody. */
  void deletedBlob(long size) {
    Change change = of(WHOLE);
    change.add(Figure.BLOBS, -1);
    change.add(Figure.BLOB_BYTES, -size);
  }

  /** Pushes of blobs that were there. */
  void hits(long more) {
    of(WHOLE).add(Figure.HITS, more);
  }

  private Change of(String repo) {
    return changes.computeIfAbsent(repo, ignored -> new Change());
  }

  /** Notes what was told since the last call; no statement when that is nothing. */
  Future<Void> write(Transaction transaction) {
    Future<Integer> last = Future.succeededFuture(0);
    for (Map.Entry<String, Change> entry : Map.copyOf(changes).entrySet()) {
      if (entry.getValue().isSome()) {
        last =
            last.compose(
                ignored -> transaction.update(NOTE, entry.getValue().arguments(entry.getKey())));
      }
    }
    changes.clear();
    return last.mapEmpty();
  }

  /**
   * A manifest whose row was deleted.
   *
   * @param image whether it had a tag, ever
   */
  record Deleted(String repo, boolean image, long imageSize) {
    /** Reads what {@link #MANIFEST_DELETED} returned. */
    static Deleted of(Row row) {
      return new Deleted(
          row.string("repo"), row.number("tag_pushes") > 0, row.number("image_size"));
    }
  }

  /** What changed in one repository. */
  private static final class Change {
    private final FigureSums sums = new FigureSums();
    private boolean pushed;

    void add(Figure figure, long more) {
      sums.add(figure, more);
    }

    boolean isSome() {
      return pushed || sums.isSome();
    }

    @Nullable Object[] arguments(String repo) {
      List<@Nullable Object> arguments = new ArrayList<>(List.of(repo, pushed));
      sums.addTo(arguments);
      return arguments.toArray();
    }
  }
}
