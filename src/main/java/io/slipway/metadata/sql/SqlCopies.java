package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.metadata.Copies;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps the queue of copies in SQL; what it says is done is relaxed, for to copy twice is harmless.
 */
public final class SqlCopies implements Copies {
  private static final String DUE =
      "SELECT kind, repo, name, due FROM copy_due ORDER BY due, kind, repo, name"
          + " LIMIT $1 OFFSET $2";
  private static final String LAG =
      "SELECT :now - due AS waited FROM copy_due ORDER BY due LIMIT 1";
  private static final String TAG =
      """
      SELECT t.digest, t.version, t.copied, t.updated_at, h.actor
      FROM tag t JOIN tag_history h ON h.repo = t.repo AND h.name = t.name AND h.version = t.version
      WHERE t.repo = $1 AND t.name = $2
      """;
  private static final String MANIFEST =
      "SELECT media_type, content FROM manifest WHERE repo = $1 AND digest = $2";
  private static final String DONE =
      "DELETE FROM copy_due WHERE kind = $1 AND repo = $2 AND name = $3 AND due = $4";
  private static final String COPIED =
      "UPDATE tag SET copied = $3 WHERE repo = $1 AND name = $2 AND (copied IS NULL OR copied < $3)";

  private final Database database;

  public SqlCopies(Database database) {
    this.database = database.relaxed();
  }

  @Override
  public Future<List<Due>> due(int limit, int passed) {
    return database.query(DUE, SqlCopies::due, limit, passed);
  }

  @Override
  public Future<Long> lag() {
    return database
        .first(LAG, row -> row.number("waited"))
        .map(waited -> Math.max(0, waited.orElse(0L)));
  }

  private static Due due(Row row) {
    return new Due(
        Kind.valueOf(row.string("kind").toUpperCase(Locale.ROOT)),
        row.string("repo"),
        row.string("name"),
        row.number("due"));
  }

  @Override
  public Future<Optional<TagState>> tag(String repository, String name) {
    return database.first(
        TAG,
        row ->
            new TagState(
                row.stringOrNull("digest"),
                row.number("version"),
                row.numberOrNull("copied"),
                row.number("updated_at"),
                row.string("actor")),
        repository,
        name);
  }

  @Override
  public Future<Optional<ManifestState>> manifest(String repository, String digest) {
    return database.first(
        MANIFEST,
        row -> new ManifestState(row.string("media_type"), Buffer.buffer(row.bytes("content"))),
        repository,
        digest);
  }

  @Override
  public Future<Void> done(Due due, long version) {
    String kind = due.kind().name().toLowerCase(Locale.ROOT);
    return database
        .transaction(
            transaction ->
                // The tag first: a push locks the two in this order.
                (due.kind() == Kind.TAG
                        ? transaction.update(COPIED, due.repository(), due.name(), version)
                        : Future.succeededFuture(0))
                    .compose(
                        ignored ->
                            transaction.update(
                                DONE, kind, due.repository(), due.name(), due.since())))
        .mapEmpty();
  }
}
