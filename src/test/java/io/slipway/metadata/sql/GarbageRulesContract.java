package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.gc.GcReport;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.InRepository;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.Tag;
import io.slipway.testing.WatchedDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is garbage, on every database: one rule a test. */
interface GarbageRulesContract extends GarbageContract {
  /** Of a digest in SQL. */
  String BLOB =
      "INSERT INTO blob (digest, size, location, created_at, touched_at) SELECT %1$s, 1, %1$s, 1, 1";

  String MANIFEST =
      "INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations, size, image_size,"
          + " created_at, touched_at, content) SELECT 'team/app', %s, 'a', 'a', '{}', 1, 1, 1, 1, (SELECT content FROM manifest LIMIT 1)";

  @Test
  default void keepsWhatATagNames() {
    Digest image = image("image", "latest");
    ageAll();
    assertThat(collect().marked()).isZero();
    assertManifests(image);
    assertThat(count("blob")).isOne();
  }

  @Test
  default void deletesAnUntaggedManifestAndWhatOnlyItNames() {
    StoredBlob shared = commit(APP, "shared");
    Digest kept = push(manifest("kept").blobs(shared).tags("latest"));
    Digest gone = push(manifest("gone").blobs(shared, commit(APP, "own")));
    ageAll();
    forgetChanges();
    GcReport report = collect();
    assertManifests(kept);
    assertThat(digests("link")).containsExactly(shared.digest().text());
    assertThat(digests("blob")).containsExactly(shared.digest().text());
    assertThat(count("reference")).isOne();
    assertThat(report.manifests()).isOne();
    assertThat(report.links()).isOne();
    assertThat(report.blobs()).isOne();
    assertThat(report.bytes()).isEqualTo("own".length());
    assertThat(events().stream().filter(type -> !type.startsWith("gc.")))
        .containsExactly("manifest.deleted");
    assertThat(copies()).containsExactly("manifest " + gone.text());
  }

  @Test
  default void keepsWhatWasTouchedWithinTheGrace() {
    image("image");
    commit(APP, "loose");
    assertThat(collect().marked()).isZero();
    age("manifest");
    collect();
    assertThat(count("manifest")).isZero();
    assertThat(count("link")).isEqualTo(2);
    age("link");
    collect();
    assertThat(count("link")).isZero();
    assertThat(count("blob")).isEqualTo(2);
    age("blob");
    collect();
    assertThat(count("blob")).isZero();
  }

  /** Times are written by the database: what clock a node has does not matter. */
  @Test
  default void keepsWhatIsYoungByTheClockOfTheDatabase() {
    image("image");
    commit(APP, "loose");
    ageAll();
    GarbageMarks slow =
        new SlowClock(new SqlGarbageMarks(database(), A_DAY), Duration.ofMinutes(45));
    assertThat(get(collection(slow).run(GarbageContract.options(false, HALF_AN_HOUR))).marked())
        .isZero();
    assertThat(collect().marked()).isPositive();
  }

  @Test
  default void keepsWhatATagNamedWithinTheGrace() {
    Digest before = image("before", "latest");
    Digest after = image("after", "latest");
    age("manifest");
    collect();
    assertManifests(before, after);
    ageAll();
    collect();
    assertManifests(after);
  }

  @Test
  default void keepsWhatWasPulledWithinTheGrace() {
    Digest image = image("image");
    ageAll();
    SqlPullTimes pulls = new SqlPullTimes(database());
    pulls.pulled(APP, image);
    get(pulls.flush());
    collect();
    assertManifests(image);
  }

  @Test
  default void keepsWhatATaggedIndexNames() {
    Digest image = image("image");
    Digest inner = push(manifest("inner").children(image));
    Digest outer = push(manifest("outer").children(inner).tags("latest"));
    ageAll();
    collect();
    assertManifests(image, inner, outer);
    assertThat(count("blob")).isOne();
  }

  @Test
  default void deletesIndexesChildrenAndBlobsInOneRun() {
    Digest shared = image("shared");
    Digest inner = push(manifest("inner").children(image("image"), shared));
    push(manifest("outer").children(inner));
    Digest kept = push(manifest("kept").children(shared).tags("latest"));
    ageAll();
    collect();
    assertManifests(shared, kept);
    assertThat(digests("blob")).containsExactly(digest("shared layer").text());
  }

  @Test
  default void keepsWhatAYoungIndexNames() {
    Digest image = image("image");
    ageAll();
    Digest index = push(manifest("index").children(image));
    collect();
    assertManifests(image, index);
  }

  @Test
  default void keepsReferrersAsLongAsTheirSubject() {
    Digest image = image("image", "latest");
    Digest signature = push(manifest("signature").blobs(commit(APP, "sig")).subject(image));
    Digest onSignature = push(manifest("on signature").subject(signature));
    ageAll();
    collect();
    assertManifests(image, signature, onSignature);
    get(manifests().deleteTag(APP, new Tag("latest"), ACTOR));
    ageAll();
    collect();
    assertManifests();
    assertThat(count("blob")).isZero();
  }

  @Test
  default void keepsReferrersOfChildren() {
    Digest image = image("image");
    Digest index = push(manifest("index").children(image).tags("latest"));
    Digest signature = push(manifest("signature").subject(image));
    ageAll();
    collect();
    assertManifests(image, index, signature);
  }

  @Test
  default void deletesReferrersOfNothing() {
    push(manifest("signature").subject(digest("nothing")));
    collect();
    assertThat(count("manifest")).isOne();
    ageAll();
    collect();
    assertManifests();
  }

  @Test
  default void deletesACircle() {
    Digest image = image("image");
    Digest inner = push(manifest("inner").children(image));
    Digest circle = push(manifest("circle").children(inner).subject(image).tags("latest"));
    Digest signature = push(manifest("signature").subject(inner));
    ageAll();
    collect();
    assertManifests(image, inner, circle, signature);
    get(manifests().deleteTag(APP, new Tag("latest"), ACTOR));
    ageAll();
    collect();
    assertManifests();
  }

  @Test
  default void looksAtEachRepositoryByItself() {
    StoredBlob layer = commit(APP, "layer");
    get(links().mount(OTHER, layer.digest(), Optional.of(APP), RepositoryFilter.ALL, ACTOR));
    push(manifest("image").blobs(layer).tags("latest"));
    push(manifest("image").in(OTHER).blobs(layer));
    ageAll();
    collect();
    assertThat(rows("SELECT repo AS value FROM manifest")).containsExactly(APP.text());
    assertThat(rows("SELECT repo AS value FROM link")).containsExactly(APP.text());
    assertThat(count("blob")).isOne();
  }

  @Test
  default void keepsLinksOfARepositoryThatIsBeingPushedTo() {
    commit(APP, "layer");
    commit(OTHER, "other layer");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    ageAll();
    collect();
    assertThat(rows("SELECT repo AS value FROM link")).containsExactly(APP.text());
    get(uploads().close("u1", APP));
    collect();
    assertThat(count("link")).isZero();
  }

  @Test
  default void deletesOldLinksOfARepositoryThatIsAlwaysBeingPushedTo() {
    push(manifest("replaced").blobs(commit(APP, "replaced layer")));
    commit(APP, "loose");
    commit(APP, "of a push");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    for (int hour = 0; hour < 30; hour++) {
      ageAll();
    }
    get(
        database()
            .update(
                "UPDATE link SET touched_at = :now - 7200000 WHERE digest = $1",
                digest("of a push").text()));
    collect();
    assertThat(digests("link")).containsExactly(digest("of a push").text());
    assertThat(digests("blob")).containsExactly(digest("of a push").text());
  }

  @Test
  default void putsBothKeysOfABlobIntoTheTrash() {
    StoredBlob blob = commit(APP, "layer");
    get(database().update("UPDATE blob SET moving_to = 'blobs/there', moving_by = 't'"));
    String buried =
        "INSERT INTO trash (location, due, claimed_by, claimed_at, buried_at)"
            + " VALUES ('blobs/there', 1, 'x', 1, 1)";
    get(database().update(buried));
    ageAll();
    collect();
    String trash =
        "SELECT location AS value FROM trash WHERE buried_at IS NULL AND claimed_at IS NULL"
            + " AND due BETWEEN :now + 800000 AND :now + 900000 ORDER BY location";
    assertThat(rows(trash)).containsExactlyInAnyOrder("blobs/there", blob.location());
  }

  @Test
  default void pagesThroughManyRows() {
    for (int i = 0; i < 1205; i++) {
      commit(i % 2 == 0 ? APP : OTHER, "loose " + i);
    }
    for (int i = 0; i < 520; i++) {
      push(manifest("m" + i).in(i % 3 == 0 ? OTHER : APP));
    }
    push(manifest("index").children(digest("m1"), digest("m517")).tags("latest"));
    ageAll();
    GcReport report = collect();
    assertThat(report.blobs()).isEqualTo(1205);
    assertThat(report.manifests()).isEqualTo(518);
    assertManifests(digest("m1"), digest("m517"), digest("index"));
  }

  @Test
  default void aBlobThatVeryManyManifestsNameIsNamedAndHidesNobody() {
    StoredBlob base = commit(APP, "base");
    push(manifest("first").blobs(base).tags("latest"));
    for (int i = 0; i < 40; i++) {
      commit(APP, "loose " + i);
    }
    ageAll();
    // More than a page has: it ends there, in the middle of those of one blob.
    get(
        database()
            .update(
                """
                WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
                INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations, size,
                  image_size, created_at, touched_at, content)
                SELECT repo, 'sha256:' || CAST(100000 + i AS TEXT) || substr(digest, 14), media_type,
                  artifact_type, annotations, size, image_size, created_at, touched_at + 3600000, content
                FROM manifest, n
                """));
    get(
        database()
            .update(
                """
                INSERT INTO reference (repo, manifest, digest, kind)
                SELECT repo, digest, $1, 'blob' FROM manifest WHERE TRUE
                ON CONFLICT DO NOTHING
                """,
                base.digest().text()));
    assertThat(collect().blobs()).isEqualTo(40);
    assertThat(digests("blob")).containsExactly(base.digest().text());
  }

  /** A page ends where so many names are; a name more, and the last of them is beyond it. */
  @Test
  default void marksNothingThatIsNamedWhenNamesComeWhileAPageIsRead() {
    Digest image = image("image", "latest");
    commit(OTHER, "other");
    ageAll();
    low(3999, BLOB.formatted("low"));
    low(3999, "INSERT INTO link (repo, digest, touched_at) SELECT 'team/app', low, 1");
    low(
        3999,
        "INSERT INTO reference (repo, manifest, digest, kind) SELECT 'team/app', '"
            + image.text()
            + "', low, 'blob'");
    SqlGarbageMarks marks =
        marks(
            "INSERT INTO reference (repo, manifest, digest, kind)"
                + " SELECT repo, manifest, min(digest), 'manifest' FROM reference"
                + " GROUP BY repo, manifest");
    assertThat(get(marks.links(GarbageMarks.Cursor.START, Long.MAX_VALUE)).found()).isEmpty();
    marks =
        marks(
            "INSERT INTO link (repo, digest, touched_at)"
                + " SELECT 'team/other', min(digest), 1 FROM link");
    assertThat(get(marks.blobs(GarbageMarks.Cursor.START, Long.MAX_VALUE)).found()).isEmpty();
  }

  /** A page ends at a row; others that come before it while the page is read leave it there. */
  @Test
  default void marksTheEndOfAPageThoughRowsComeWhileItIsRead() {
    StoredBlob app = commit(APP, "app");
    Digest last = push(manifest("last").in(OTHER));
    Digest other = commit(OTHER, "other").digest();
    ageAll();
    low(999, MANIFEST.formatted("low"));
    SqlGarbageMarks marks = marks(MANIFEST.formatted("'" + app.digest().text() + "'"));
    assertThat(get(marks.manifests(GarbageMarks.Cursor.START, Long.MAX_VALUE)).found())
        .contains(new InRepository(OTHER, last));
    low(3998, BLOB.formatted("low"));
    low(3998, "INSERT INTO link (repo, digest, touched_at) SELECT 'team/app', low, 1");
    marks =
        marks(
            "INSERT INTO link (repo, digest, touched_at) VALUES ('team/app', '"
                + other.text()
                + "', 1)");
    assertThat(get(marks.links(GarbageMarks.Cursor.START, Long.MAX_VALUE)).found())
        .contains(new InRepository(OTHER, other));
    get(database().update("DELETE FROM link"));
    marks = marks(BLOB.formatted("'sha256:" + "0".repeat(64) + "'"));
    Digest greatest = other.text().compareTo(app.digest().text()) > 0 ? other : app.digest();
    assertThat(get(marks.blobs(GarbageMarks.Cursor.START, Long.MAX_VALUE)).found())
        .extracting(DeadBlob::digest)
        .contains(greatest);
  }

  /** Inserts so many rows with digests below all others. */
  private void low(int rows, String insert) {
    get(
        database()
            .update(
                """
                WITH RECURSIVE n (i) AS
                  (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d),
                lows (low) AS (SELECT 'sha256:' || '%s' || CAST(10000 + i AS TEXT) FROM n)
                %s FROM lows
                """
                    .formatted(rows, "0".repeat(59), insert)));
  }

  /** Returns marks of which the first page is read while a row is inserted. */
  private SqlGarbageMarks marks(String insert) {
    AtomicBoolean ended = new AtomicBoolean();
    return new SqlGarbageMarks(
        new WatchedDatabase(
            database(),
            () ->
                ended.compareAndSet(false, true)
                    ? database().update(insert)
                    : Future.succeededFuture()),
        A_DAY);
  }
}
