package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.metadata.Statistics;
import io.vertx.core.Future;
import java.util.List;

/**
 * Counts what the registry has; takes as long as it has much, so for a gauge now and then, not for
 * a request.
 */
public final class SqlStatistics {
  private static final String COUNT =
      """
      SELECT (SELECT count(*) FROM repository) AS repositories,
        (SELECT count(*) FROM manifest) AS manifests,
        (SELECT count(*) FROM tag WHERE digest IS NOT NULL) AS tags,
        (SELECT count(*) FROM blob) AS blobs,
        (SELECT coalesce(sum(size), 0) FROM blob) AS blob_bytes,
        (SELECT CAST(coalesce(avg(image_size), 0) AS BIGINT) FROM manifest
          WHERE image_size > 0) AS average_image_bytes,
        (SELECT count(*) FROM upload WHERE state IN ('open', 'sealed')) AS open_uploads
      """;

  private final Database database;

  public SqlStatistics(Database database) {
    this.database = database;
  }

  /** Counts now. */
  public Future<Statistics> count() {
    return database.query(COUNT, SqlStatistics::statistics).map(List::getFirst);
  }

  private static Statistics statistics(Row row) {
    return new Statistics(
        row.number("repositories"),
        row.number("manifests"),
        row.number("tags"),
        row.number("blobs"),
        row.number("blob_bytes"),
        row.number("average_image_bytes"),
        row.number("open_uploads"));
  }
}
