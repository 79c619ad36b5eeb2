package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event.BlobDeleted;
import io.slipway.event.Event.BlobMounted;
import io.slipway.event.Outbox;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.LinkedBlob;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Keeps the links between repositories and blobs in SQL. */
public final class SqlBlobLinks implements BlobLinks {
  private static final String FIND =
      """
      SELECT b.digest, b.size, b.location, l.touched_at, :now AS now
      FROM link l JOIN blob b ON b.digest = l.digest
      WHERE l.repo = $1 AND l.digest = $2 AND NOT b.damaged
      """;
  private static final String TOUCH =
      "UPDATE link SET touched_at = :now WHERE repo = $1 AND digest = $2 RETURNING digest";
  private static final String SOURCE =
      """
      SELECT l.repo FROM link l JOIN blob b ON b.digest = l.digest
      WHERE l.digest = $1 AND NOT b.damaged LIMIT $2
      """;
  private static final String SOURCE_IN =
      """
      SELECT l.repo FROM link l JOIN blob b ON b.digest = l.digest
      WHERE l.digest = $1 AND l.repo = $2 AND NOT b.damaged
      """;
  private static final String MOUNT =
      """
      INSERT INTO link (repo, digest, touched_at)
      SELECT $1, l.digest, :now FROM link l JOIN blob b ON b.digest = l.digest
      WHERE l.repo = $2 AND l.digest = $3 AND NOT b.damaged
      ON CONFLICT (repo, digest) DO UPDATE SET touched_at = excluded.touched_at,
        pushes = link.pushes + 1
      RETURNING pushes,\s"""
          + Tally.LINK_SIZE;
  // What loses a name is kept for the grace of collection from now on. Before the link is locked:
  // a push locks them in this order too.
  private static final String TOUCH_BLOB =
      """
      UPDATE blob SET touched_at = :now WHERE digest = $2
      AND EXISTS (SELECT 1 FROM link WHERE repo = $1 AND digest = $2)
      """;
  private static final String LOCK_LINK =
      "SELECT digest FROM link WHERE repo = $1 AND digest = $2 FOR UPDATE";
  private static final String NAMING_MANIFEST =
      "SELECT manifest FROM reference WHERE repo = $1 AND digest = $2 AND kind = 'blob' LIMIT 1";
  private static final String UNLINK =
      "DELETE FROM link WHERE repo = $1 AND digest = $2 RETURNING " + Tally.LINK_SIZE;
  private static final String DAMAGE =
      """
      SELECT coalesce(b.damage, 'its bytes are damaged') AS damage
      FROM link l JOIN blob b ON b.digest = l.digest
      WHERE l.repo = $1 AND l.digest = $2 AND b.damaged
      """;
  private static final String IS_NAMED = "SELECT 1 AS named FROM blob WHERE digest = $1";
  // Never committed: a row that another transaction has written and not committed is only seen by
  // who would write it too, and that one waits.
  private static final String PROBE =
      """
      INSERT INTO blob (digest, size, location, damaged, created_at, touched_at)
      VALUES ($1, 0, '', FALSE, :now, :now) ON CONFLICT (digest) DO NOTHING
      """;

  /** Of links of one blob that are looked at for a source; behind them there is none. */
  private static final int MOST_SOURCES = 1000;

  private final Database database;

  public SqlBlobLinks(Database database) {
    this.database = database;
  }

  @Override
  public Future<Optional<LinkedBlob>> find(RepositoryName repository, Digest digest) {
    return database.first(FIND, SqlBlobLinks::blob, repository.text(), digest.text());
  }

  @Override
  public Future<Optional<LinkedBlob>> touch(
      RepositoryName repository, Digest digest, Duration unlessWithin) {
    return database
        .first(FIND, Touchable::of, repository.text(), digest.text())
        .compose(
            found -> {
              if (found.isEmpty() || found.get().age() < unlessWithin.toMillis()) {
                return Future.succeededFuture(found.map(Touchable::blob));
              }
              // The link may have been collected between the two statements: then it is not there.
              return database
                  .first(TOUCH, row -> row.string("digest"), repository.text(), digest.text())
                  .map(touched -> touched.map(ignored -> found.get().blob()));
            });
  }

  @Override
  public Future<Boolean> mount(
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      RepositoryFilter sources,
      Actor actor) {
    if (sources.isNone() || (from.isPresent() && !sources.matches(from.get()))) {
      return Future.succeededFuture(false);
    }
    return database
        .transaction(transaction -> mount(transaction, repository, digest, from, sources, actor))
        .recover(SqlBlobLinks::missingIsFalse);
  }

  private static Future<Boolean> mount(
      Transaction transaction,
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      RepositoryFilter sources,
      Actor actor) {
    // Looked for first: a mount that finds nothing makes no repository.
    Future<Optional<RepositoryName>> source =
        from.isPresent()
            ? transaction.first(SOURCE_IN, SqlBlobLinks::repo, digest.text(), from.get().text())
            : anySource(transaction, digest, sources);
    return source.compose(
        found ->
            found.isEmpty()
                ? Future.succeededFuture(false)
                : mount(transaction, new BlobMounted(repository, actor, digest, found.get())));
  }

  private static Future<Optional<RepositoryName>> anySource(
      Transaction transaction, Digest digest, RepositoryFilter sources) {
    int most = sources.isAll() ? 1 : MOST_SOURCES;
    return transaction
        .query(SOURCE, SqlBlobLinks::repo, digest.text(), most)
        .map(found -> found.stream().filter(sources::matches).findFirst());
  }

  private static Future<Boolean> mount(Transaction transaction, BlobMounted mount) {
    String repo = mount.repository().text();
    Tally tally = new Tally();
    return Naming.ensureRepository(transaction, mount.repository())
        .compose(
            ignored ->
                transaction.first(
                    MOUNT,
                    row -> mounted(tally, repo, row),
                    repo,
                    mount.from().text(),
                    mount.digest().text()))
        .compose(
            linked ->
                linked.isEmpty()
                    ? Future.succeededFuture(false)
                    : Outbox.append(transaction, mount)
                        .compose(ignored -> tally.write(transaction))
                        .map(true));
  }

  private static boolean mounted(Tally tally, String repo, Row row) {
    tally.pushedBlob(repo, false, 0);
    if (row.number("pushes") == 1) {
      tally.linked(repo, row.number("size"));
    }
    return true;
  }

  /**
   * A blob that was collected between the look and the link violates the foreign key: it is not
   * there to be mounted.
   */
  private static Future<Boolean> missingIsFalse(Throwable failure) {
    return failure instanceof DatabaseException e
            && e.reason() == DatabaseException.Reason.FOREIGN_KEY_VIOLATION
        ? Future.succeededFuture(false)
        : Future.failedFuture(failure);
  }

  @Override
  public Future<Void> commit(RepositoryName repository, StoredBlob blob, Actor actor) {
    return database.transaction(
        transaction -> Naming.nameBlob(transaction, repository, blob, actor));
  }

  @Override
  public Future<Boolean> unlink(RepositoryName repository, Digest digest, Actor actor) {
    return database.transaction(transaction -> unlink(transaction, repository, digest, actor));
  }

  private static Future<Boolean> unlink(
      Transaction transaction, RepositoryName repository, Digest digest, Actor actor) {
    String repo = repository.text();
    return transaction
        .update(TOUCH_BLOB, repo, digest.text())
        .compose(
            ignored ->
                transaction.first(LOCK_LINK, row -> row.string("digest"), repo, digest.text()))
        .compose(
            link ->
                link.isEmpty()
                    ? Future.succeededFuture(false)
                    : transaction
                        .first(NAMING_MANIFEST, row -> row.string("manifest"), repo, digest.text())
                        .compose(parent -> refuseNamed(digest, parent))
                        .compose(ignored -> deleteLink(transaction, repo, digest))
                        .compose(
                            ignored ->
                                Outbox.append(
                                    transaction, new BlobDeleted(repository, actor, digest)))
                        .map(true));
  }

  private static Future<Void> deleteLink(Transaction transaction, String repo, Digest digest) {
    Tally tally = new Tally();
    return transaction
        .query(UNLINK, row -> row.number("size"), repo, digest.text())
        .compose(
            sizes -> {
              sizes.forEach(size -> tally.unlinked(repo, size));
              return tally.write(transaction);
            });
  }

  private static Future<Void> refuseNamed(Digest digest, Optional<String> parent) {
    return parent.isEmpty()
        ? Future.succeededFuture()
        : Future.failedFuture(
            new RegistryException(
                ErrorCode.DELETE_REFUSED,
                "tried to delete the blob "
                    + digest
                    + " but the manifest "
                    + parent.get()
                    + " names it",
                Map.of("digest", digest.text(), "manifest", parent.get())));
  }

  @Override
  public Future<Boolean> isNamed(Digest digest) {
    return database
        .first(IS_NAMED, row -> row.number("named"), digest.text())
        .compose(named -> named.isPresent() ? Future.succeededFuture(true) : probe(digest));
  }

  private Future<Boolean> probe(Digest digest) {
    return database
        .transaction(
            (Transaction transaction) ->
                transaction
                    .update(PROBE, digest.text())
                    .compose(
                        rows ->
                            rows == 0
                                ? Future.succeededFuture(true)
                                : Future.failedFuture(new NotNamed())))
        .recover(
            cause ->
                cause instanceof NotNamed
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause));
  }

  @Override
  public Future<Void> damaged(Digest digest, String location) {
    return database.transaction(
        (Transaction transaction) ->
            BlobDamage.mark(transaction, digest, location, location, "its bytes are missing")
                .mapEmpty());
  }

  @Override
  public Future<Optional<String>> damage(RepositoryName repository, Digest digest) {
    return database.first(DAMAGE, row -> row.string("damage"), repository.text(), digest.text());
  }

  private static RepositoryName repo(Row row) {
    return new RepositoryName(row.string("repo"));
  }

  private static LinkedBlob blob(Row row) {
    return new LinkedBlob(
        Digest.parse(row.string("digest")), row.number("size"), row.string("location"));
  }

  /** Rolls the probe back. */
  private static final class NotNamed extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotNamed() {
      super("nobody names the digest", null, false, false);
    }
  }

  /** A blob and how many milliseconds ago its link was touched. */
  private record Touchable(LinkedBlob blob, long age) {
    static Touchable of(Row row) {
      return new Touchable(SqlBlobLinks.blob(row), row.number("now") - row.number("touched_at"));
    }
  }
}
