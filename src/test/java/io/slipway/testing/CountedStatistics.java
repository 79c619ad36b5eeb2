package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;

/**
 * Compares the figures that the registry keeps with what its tables say when they are counted, by
 * queries of its own whose results are single texts named {@code value}.
 */
public final class CountedStatistics {
  private static final String TOTALS_COUNTED =
      """
      SELECT 'repositories ' || (SELECT count(DISTINCT repo) FROM manifest)
        || ' manifests ' || (SELECT count(*) FROM manifest)
        || ' images ' || (SELECT count(*) FROM manifest WHERE tag_pushes > 0)
        || ' tags ' || (SELECT count(*) FROM tag WHERE digest IS NOT NULL)
        || ' blobs ' || (SELECT count(*) FROM blob)
        || ' bytes ' || (SELECT coalesce(sum(size), 0) FROM blob)
        || ' sized ' || (SELECT count(*) FROM manifest WHERE image_size > 0)
        || ' of ' || (SELECT coalesce(sum(CASE WHEN image_size > 1099511627776
          THEN 1099511627776 ELSE image_size END), 0) FROM manifest) AS value
      """;
  private static final String SUMS =
      """
      (SELECT repo, repositories, manifests, images, tags, linked_bytes, blobs, blob_bytes, sized,
        sized_bytes FROM statistics
      UNION ALL SELECT repo, 0, manifests, images, tags, linked_bytes, blobs, blob_bytes, sized,
        sized_bytes FROM statistics_change) s
      """;
  // A repository that is not folded yet is not in the sum of repositories.
  private static final String TOTALS_KEPT =
      """
      SELECT 'repositories ' || (SELECT count(*) FROM
          (SELECT repo FROM\s"""
          + SUMS
          + """
             WHERE repo <> '' GROUP BY repo HAVING sum(manifests) > 0) held)
        || ' manifests ' || coalesce(sum(manifests), 0)
        || ' images ' || coalesce(sum(images), 0)
        || ' tags ' || coalesce(sum(tags), 0)
        || ' blobs ' || coalesce(sum(blobs), 0)
        || ' bytes ' || coalesce(sum(blob_bytes), 0)
        || ' sized ' || coalesce(sum(sized), 0)
        || ' of ' || coalesce(sum(sized_bytes), 0) AS value
      FROM (SELECT manifests, images, tags, blobs, blob_bytes, sized, sized_bytes
        FROM statistics WHERE repo = ''
      UNION ALL SELECT manifests, images, tags, blobs, blob_bytes, sized, sized_bytes
        FROM statistics_change) s
      """;
  private static final String WRONG_IMAGES =
      """
      SELECT m.repo || '@' || m.digest AS value FROM manifest m WHERE tag_pushes = 0 AND EXISTS
        (SELECT 1 FROM tag t WHERE t.repo = m.repo AND t.digest = m.digest)
      UNION ALL SELECT m.repo || '@' || m.digest FROM manifest m WHERE tag_pushes > 0 AND NOT EXISTS
        (SELECT 1 FROM tag_history h WHERE h.repo = m.repo AND h.digest = m.digest)
      """;
  private static final String FOLDED_REPOSITORIES =
      """
      SELECT (SELECT coalesce(sum(repositories), 0) FROM statistics WHERE repo = '') || '' AS value
      """;
  private static final String FOLDED_HELD =
      "SELECT count(*) || '' AS value FROM statistics WHERE repo <> '' AND manifests > 0";
  private static final String REPOSITORIES_COUNTED =
      """
      SELECT r.name || ' manifests ' || (SELECT count(*) FROM manifest WHERE repo = r.name)
        || ' images ' || (SELECT count(*) FROM manifest WHERE repo = r.name AND tag_pushes > 0)
        || ' tags ' || (SELECT count(*) FROM tag WHERE repo = r.name AND digest IS NOT NULL)
        || ' bytes ' || (SELECT coalesce(sum(b.size), 0) FROM link l
          JOIN blob b ON b.digest = l.digest WHERE l.repo = r.name) AS value
      FROM repository r ORDER BY r.name
      """;
  private static final String REPOSITORIES_KEPT =
      """
      SELECT r.name || ' manifests ' || coalesce(sum(s.manifests), 0)
        || ' images ' || coalesce(sum(s.images), 0)
        || ' tags ' || coalesce(sum(s.tags), 0)
        || ' bytes ' || coalesce(sum(s.linked_bytes), 0) AS value
      FROM repository r LEFT JOIN\s"""
          + SUMS
          + " ON s.repo = r.name GROUP BY r.name ORDER BY r.name";

  private final Function<String, List<String>> query;

  /**
   * Looks at a database.
   *
   * @param query runs a query and returns its values
   */
  public CountedStatistics(Function<String, List<String>> query) {
    this.query = query;
  }

  /** Fails unless the figures are right; for a database that nobody changes meanwhile. */
  public void requireAgreement() {
    assertThat(query.apply(TOTALS_KEPT)).as("totals").isEqualTo(query.apply(TOTALS_COUNTED));
    assertThat(query.apply(WRONG_IMAGES)).as("manifests taken for images, or not").isEmpty();
    assertThat(query.apply(FOLDED_REPOSITORIES))
        .as("repositories in the sum")
        .isEqualTo(query.apply(FOLDED_HELD));
    assertThat(query.apply(REPOSITORIES_KEPT))
        .as("repositories")
        .isEqualTo(query.apply(REPOSITORIES_COUNTED));
  }
}
