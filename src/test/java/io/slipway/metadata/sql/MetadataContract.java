package io.slipway.metadata.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.Listings;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.Uploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of the metadata stores share: the stores on one database, and its rows. */
public interface MetadataContract {
  RepositoryName APP = new RepositoryName("team/app");
  RepositoryName OTHER = new RepositoryName("team/other");
  Actor ACTOR = Actor.named("alice");

  /** More open uploads than a test has. */
  int MANY = 10_000;

  Database database();

  default BlobLinks links() {
    return new SqlBlobLinks(database());
  }

  default Manifests manifests() {
    return new SqlManifests(database());
  }

  default Listings listings() {
    return new SqlListings(database());
  }

  default Uploads uploads() {
    return new SqlUploads(database());
  }

  @BeforeEach
  default void makeSchema() {
    get(Migrations.bundled().apply(database()));
  }

  static <T> T get(Future<T> future) {
    return SqliteExtension.get(future);
  }

  static Digest digest(String content) {
    return Digest.of(DigestAlgorithm.SHA256, content.getBytes(UTF_8));
  }

  /** Returns a blob that lies where its digest says. */
  static StoredBlob blob(String content) {
    return new StoredBlob(digest(content), content.length(), "blobs/" + content);
  }

  /** Commits a blob to a repository. */
  default StoredBlob commit(RepositoryName repository, String content) {
    StoredBlob blob = blob(content);
    get(links().commit(repository, blob, ACTOR));
    return blob;
  }

  /** Returns the columns of a result as text, joined by blanks. */
  default List<String> rows(String sql, Object... arguments) {
    return get(database().query(sql, row -> row.string("value"), arguments));
  }

  /** Returns the types of the events, oldest first. */
  default List<String> events() {
    return rows("SELECT type AS value FROM outbox ORDER BY id");
  }

  default JsonObject lastEvent() {
    return new JsonObject(rows("SELECT payload AS value FROM outbox ORDER BY id").getLast());
  }

  /** Returns what is to be copied into the blob store, {@code kind name}. */
  default List<String> copies() {
    return rows("SELECT kind || ' ' || name AS value FROM copy_due ORDER BY kind, name");
  }

  default long count(String table) {
    return get(database().first("SELECT COUNT(*) AS n FROM " + table, row -> row.number("n")))
        .orElseThrow();
  }

  /** Forgets events and copies, so that only those of the next change are there. */
  default void forgetChanges() {
    get(database().update("DELETE FROM outbox"));
    get(database().update("DELETE FROM copy_due"));
  }

  /** Makes every row of a table look as if it was last touched an hour ago. */
  default void age(String table) {
    get(database().update("UPDATE " + table + " SET touched_at = touched_at - 3600000"));
  }

  /** Returns the digests that were touched since they were aged. */
  default List<String> touched(String table) {
    return rows(
        "SELECT digest AS value FROM "
            + table
            + " WHERE touched_at > :now - 1800000 ORDER BY digest");
  }

  /** Asserts that a call is refused, and returns its message and detail for more. */
  static RegistryException refusal(ErrorCode code, Future<?> call) {
    RegistryException refusal = catchThrowableOfType(RegistryException.class, () -> get(call));
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.getMessage()).startsWith("tried to ").contains(" but ");
    return refusal;
  }

  /** Asserts that nothing at all was written. */
  default void assertNothingWritten() {
    for (String table :
        List.of(
            "repository",
            "blob",
            "link",
            "manifest",
            "reference",
            "tag",
            "tag_history",
            "trash",
            "outbox",
            "copy_due")) {
      assertThat(count(table)).as(table).isZero();
    }
  }

  /** Waits for all, which were started at once, and returns how many succeeded with true. */
  static long winners(List<Future<Boolean>> all) {
    return all.stream().filter(future -> get(future.otherwise(false))).count();
  }
}
