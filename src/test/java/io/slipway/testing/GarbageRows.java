package io.slipway.testing;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of a registry of any size, and a little garbage among them, as statements for both
 * databases.
 *
 * <p>Of five manifests in a row, with five blobs each, the first has a tag and names the next two,
 * the fourth has a tag, but for one in a hundred, and the fifth refers to the fourth. Half of all
 * are in five repositories, the others in five hundred.
 */
public final class GarbageRows {
  /** Manifests of which two are garbage, and with them ten blobs. */
  public static final int PER_GARBAGE = 500;

  public static final int BLOBS = 5;

  private static final int GROUP = 5;
  private static final int STEP = 2_000;

  // As apart as hashes: products modulo a prime.
  private static final String DIGEST =
      "'sha256:' || CAST(1000000000 + ((%s) * 387420489) %% 999999937 AS TEXT) || '"
          + "0".repeat(54)
          + "'";
  private static final String REPOSITORY =
      "'team/r' || CAST(CASE WHEN (%1$s) %% 10 < 5 THEN (%1$s) %% 10 ELSE (%1$s) %% 1000 END AS TEXT)";

  /** Manifests are numbered from here, so that no blob has the digest of one. */
  private static final String MANIFEST = " + 50000000";

  private static final String TAGGED = " WHERE i % 5 = 0 OR (i % 5 = 3 AND i % 500 <> 3)";

  private final String content;

  /**
   * Makes rows.
   *
   * @param content what is the content of every manifest, in SQL
   */
  public GarbageRows(String content) {
    this.content = content;
  }

  /** Returns the repository of a manifest. */
  public static String repository(int manifest) {
    int group = manifest / GROUP;
    return "team/r" + (group % 10 < 5 ? group % 10 : group % 1000);
  }

  /** Returns the statements that insert some manifests, and what belongs to them, in order. */
  public List<String> inserts(int from, int to) {
    return IntStream.iterate(from, i -> i < to, i -> i + STEP)
        .mapToObj(i -> insert(i, Math.min(to, i + STEP)))
        .flatMap(List::stream)
        .toList();
  }

  private List<String> insert(int from, int to) {
    String groups = numbers(from / GROUP, to / GROUP);
    String manifests = numbers(from, to);
    String blobs = numbers(BLOBS * from, BLOBS * to);
    String repo = REPOSITORY.formatted("i / 5");
    String repoOfBlob = REPOSITORY.formatted("i / 25");
    String digest = DIGEST.formatted("i" + MANIFEST);
    return List.of(
        groups
            + "INSERT INTO repository (name, created_at) SELECT DISTINCT %s, CAST(1 AS BIGINT)"
                .formatted(REPOSITORY.formatted("i"))
            + " FROM n WHERE TRUE ON CONFLICT (name) DO NOTHING",
        blobs
            + "INSERT INTO blob (digest, size, location, created_at, touched_at)"
            + " SELECT %s, 1000, 'blobs/' || CAST(i AS TEXT), 1, 1 FROM n"
                .formatted(DIGEST.formatted("i")),
        blobs
            + "INSERT INTO link (repo, digest, touched_at) SELECT %s, %s, 1 FROM n"
                .formatted(repoOfBlob, DIGEST.formatted("i")),
        manifests
            + "INSERT INTO manifest (repo, digest, media_type, artifact_type, subject,"
            + " annotations, size, image_size, created_at, touched_at, content)"
            + " SELECT %s, %s, '%s', 'a', CASE WHEN i %% 5 = 4 THEN %s END, '{}', 1000, 5000, 1, 1, %s FROM n"
                .formatted(
                    repo,
                    digest,
                    PushClient.INDEX_TYPE,
                    DIGEST.formatted("i - 1" + MANIFEST),
                    content),
        blobs
            + "INSERT INTO reference (repo, manifest, digest, kind) SELECT %s, %s, %s, 'blob' FROM n"
                .formatted(repoOfBlob, DIGEST.formatted("i / 5" + MANIFEST), DIGEST.formatted("i")),
        manifests
            + "INSERT INTO reference (repo, manifest, digest, kind)"
            + " SELECT %s, %s, %s, 'manifest' FROM n WHERE i %% 5 IN (1, 2)"
                .formatted(repo, DIGEST.formatted("i - i % 5" + MANIFEST), digest),
        manifests
            + "INSERT INTO tag (repo, name, digest, version, updated_at)"
            + " SELECT %s, 'v' || CAST(i AS TEXT), %s, 1, 1 FROM n".formatted(repo, digest)
            + TAGGED,
        manifests
            + "INSERT INTO tag_history (repo, name, version, digest, actor, started_at)"
            + " SELECT %s, 'v' || CAST(i AS TEXT), 1, %s, 'ann', 1 FROM n".formatted(repo, digest)
            + TAGGED);
  }

  private static String numbers(int from, int to) {
    return ("WITH RECURSIVE n (i) AS (SELECT CAST(%d AS BIGINT) UNION ALL"
            + " SELECT i + 1 FROM n WHERE i < %d) ")
        .formatted(from, to - 1);
  }
}
