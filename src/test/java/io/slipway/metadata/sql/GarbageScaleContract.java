package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcReport;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** How long a mark takes, and that it grows as what it looks at, on every database. */
interface GarbageScaleContract extends GarbageContract {
  boolean LONG = Boolean.getBoolean("slipway.long");

  /** Manifests, with five blobs each. */
  int FEW = LONG ? 20_000 : 2_000;

  int MANY = 10 * FEW;

  /** For ten times as much; in the short form what is fixed weighs less than what is measured. */
  int MOST_TIMES = 12;

  // Digests that are as apart as hashes: products modulo a prime.
  String DIGEST =
      "'sha256:' || CAST(1000000000 + (%s * 387420489) % 999999937 AS TEXT) || '"
          + "0".repeat(54)
          + "'";

  /**
   * Of four manifests in a row, the first has a tag and names the next two, the last has a tag but
   * for one in a hundred.
   */
  static List<String> rows(int from, int to) {
    return Stream.concat(blobRows(from, to), manifestRows(from, to)).toList();
  }

  private static String numbers(int from, int to) {
    return "WITH RECURSIVE n (i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        .formatted(from, to - 1);
  }

  private static Stream<String> blobRows(int from, int to) {
    String blobs = numbers(5 * from, 5 * to);
    String digest = digest("i");
    String repo = "'team/r' || CAST((i / 20) % 1000 AS TEXT)";
    return Stream.of(
        numbers(from, to)
            + "INSERT INTO repository (name, created_at)"
            + " SELECT DISTINCT 'team/r' || CAST((i / 4) % 1000 AS TEXT), 1 FROM n WHERE i < 4000"
            + " ON CONFLICT (name) DO NOTHING",
        blobs
            + "INSERT INTO blob (digest, size, location, created_at, touched_at)"
            + " SELECT %s, 1000, 'blobs/' || CAST(i AS TEXT), 1, 1 FROM n".formatted(digest),
        blobs
            + "INSERT INTO link (repo, digest, touched_at)"
            + " SELECT %s, %s, 1 FROM n".formatted(repo, digest));
  }

  private static Stream<String> manifestRows(int from, int to) {
    String manifests = numbers(from, to);
    String digest = digest("i");
    String repo = "'team/r' || CAST((i / 4) % 1000 AS TEXT)";
    String repoOfBlob = "'team/r' || CAST((i / 20) % 1000 AS TEXT)";
    return Stream.of(
        manifests
            + "INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations, size,"
            + " image_size, created_at, touched_at, content)"
            + " SELECT %s, %s, 'm', 'a', '{}', 1000, 5000, 1, 1, $1 FROM n".formatted(repo, digest),
        numbers(5 * from, 5 * to)
            + "INSERT INTO reference (repo, manifest, digest, kind)"
            + " SELECT %s, %s, %s, 'blob' FROM n".formatted(repoOfBlob, digest("(i / 5)"), digest),
        manifests
            + "INSERT INTO reference (repo, manifest, digest, kind)"
            + " SELECT %s, %s, %s, 'manifest' FROM n WHERE i %% 4 IN (1, 2)"
                .formatted(repo, digest("(i - i % 4)"), digest),
        manifests
            + "INSERT INTO tag (repo, name, digest, version, updated_at)"
            + " SELECT %s, 'v' || CAST(i AS TEXT), %s, 1, 1 FROM n".formatted(repo, digest)
            + " WHERE i % 4 = 0 OR (i % 4 = 3 AND i % 400 <> 3)");
  }

  private static String digest(String number) {
    return DIGEST.replace("%s", number);
  }

  private void fill(int from, int to) {
    int step = 2_000;
    for (int i = from; i < to; i += step) {
      for (String sql : rows(i, Math.min(to, i + step))) {
        get(
            sql.contains("$1")
                ? database().relaxed().update(sql, new byte[1000])
                : database().relaxed().update(sql));
      }
    }
  }

  /** Returns how many milliseconds the quickest of three marks takes. */
  private long mark(int manifests) {
    GarbageCollection collection = collection(sweep());
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      GcReport report = await(collection.run(GarbageContract.options(true, Duration.ZERO)));
      best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      assertThat(report.manifests()).isEqualTo(manifests / 400);
      assertThat(report.links()).isEqualTo(manifests / 80);
      assertThat(report.blobs()).isEqualTo(manifests / 80);
    }
    LoggerFactory.getLogger(GarbageScaleContract.class)
        .info("marked {} manifests and {} blobs in {} ms", manifests, 5 * manifests, best);
    return best;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(5, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  default void marksInATimeThatGrowsAsTheRows() {
    fill(0, FEW);
    long few = mark(FEW);
    fill(FEW, MANY);
    long many = mark(MANY);
    // A busy machine may stop for longer than little takes.
    assertThat(many).as("%d ms for a tenth", few).isLessThan(MOST_TIMES * Math.max(few, 1_000));
    if (LONG) {
      assertThat(many).as("ms").isLessThan(10_000);
    }
  }
}
