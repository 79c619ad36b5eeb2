package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Transaction;
import io.vertx.core.Future;

/**
 * Counts everything anew, for whoever wrote rows without telling what they change. Only while
 * nobody pushes or deletes.
 */
public final class StatisticsRecount {
  private static final String FORGET_CHANGES = "DELETE FROM statistics_change";
  private static final String FORGET = "DELETE FROM statistics WHERE repo <> ''";
  private static final String WHOLE =
      "INSERT INTO statistics (repo) VALUES ('') ON CONFLICT (repo) DO NOTHING";
  private static final String IMAGES =
      """
      UPDATE manifest SET tag_pushes = 1 WHERE tag_pushes = 0 AND (
        EXISTS (SELECT 1 FROM tag t WHERE t.repo = manifest.repo AND t.digest = manifest.digest)
        OR EXISTS (SELECT 1 FROM tag_history h
          WHERE h.repo = manifest.repo AND h.digest = manifest.digest
            AND h.started_at >= manifest.created_at))
      """;
  private static final String REPOSITORIES =
      """
      INSERT INTO statistics (repo, manifests, images, sized, sized_bytes, tags, linked_bytes,
        pushed_at)
      SELECT r.name, coalesce(m.manifests, 0), coalesce(m.images, 0), coalesce(m.sized, 0),
        coalesce(m.sized_bytes, 0), coalesce(t.tags, 0), coalesce(l.linked_bytes, 0), m.pushed_at
      FROM repository r
      LEFT JOIN (SELECT repo, count(*) AS manifests,
          sum(CASE WHEN tag_pushes > 0 THEN 1 ELSE 0 END) AS images,
          sum(CASE WHEN image_size > 0 THEN 1 ELSE 0 END) AS sized,
          sum(CASE WHEN image_size > $1 THEN $1 ELSE image_size END) AS sized_bytes,
          max(created_at) AS pushed_at
        FROM manifest GROUP BY repo) m ON m.repo = r.name
      LEFT JOIN (SELECT repo, count(*) AS tags FROM tag WHERE digest IS NOT NULL GROUP BY repo) t
        ON t.repo = r.name
      LEFT JOIN (SELECT l.repo, sum(b.size) AS linked_bytes
        FROM link l JOIN blob b ON b.digest = l.digest GROUP BY l.repo) l ON l.repo = r.name
      """;
  // Hits and misses stay: nobody can count them.
  private static final String TOTALS =
      """
      UPDATE statistics SET
        repositories = (SELECT count(DISTINCT repo) FROM manifest),
        manifests = (SELECT count(*) FROM manifest),
        images = (SELECT count(*) FROM manifest WHERE tag_pushes > 0),
        sized = (SELECT coalesce(sum(sized), 0) FROM statistics WHERE repo <> ''),
        sized_bytes = (SELECT coalesce(sum(sized_bytes), 0) FROM statistics WHERE repo <> ''),
        tags = (SELECT count(*) FROM tag WHERE digest IS NOT NULL),
        linked_bytes = (SELECT coalesce(sum(linked_bytes), 0) FROM statistics WHERE repo <> ''),
        blobs = (SELECT count(*) FROM blob),
        blob_bytes = (SELECT coalesce(sum(size), 0) FROM blob)
      WHERE repo = ''
      """;

  private final Database database;

  public StatisticsRecount(Database database) {
    this.database = database;
  }

  /** Counts; takes as long as there is much. */
  public Future<Void> run() {
    return database.exclusively(StatisticsRecount::run);
  }

  /** Counts in a transaction that only one process at a time can be in. */
  static Future<Void> run(Transaction transaction) {
    return foldAll(transaction)
        .compose(ignored -> transaction.update(FORGET_CHANGES))
        .compose(ignored -> transaction.update(FORGET))
        .compose(ignored -> transaction.update(WHOLE))
        .compose(ignored -> transaction.update(IMAGES))
        .compose(ignored -> transaction.update(REPOSITORIES, Tally.MOST_IMAGE_SIZE))
        .compose(ignored -> transaction.update(TOTALS))
        .mapEmpty();
  }

  /** Hits and misses that were noted are not lost. */
  private static Future<Void> foldAll(Transaction transaction) {
    return StatisticsFold.fold(transaction)
        .compose(
            taken ->
                taken == StatisticsFold.BATCH ? foldAll(transaction) : Future.succeededFuture());
  }
}
