package io.slipway.auth.sql;

import io.slipway.auth.token.TokenKeyStore;
import io.slipway.database.Database;
import io.slipway.database.Row;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** Keeps the keys that sign tokens in SQL. */
public final class SqlTokenKeys implements TokenKeyStore {
  private static final String LOAD =
      """
      SELECT kid, public_key, private_key, created_at, signs_until, expires_at FROM token_key
      ORDER BY created_at DESC, kid
      """;
  private static final String ADD =
      """
      INSERT INTO token_key (kid, public_key, private_key, created_at, signs_until, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """;
  private static final String DELETE = "DELETE FROM token_key WHERE expires_at <= $1";

  private final Database database;

  public SqlTokenKeys(Database database) {
    this.database = database;
  }

  @Override
  public Future<List<Stored>> load() {
    return database.query(LOAD, SqlTokenKeys::key);
  }

  private static Stored key(Row row) {
    return new Stored(
        row.string("kid"),
        row.string("public_key"),
        row.string("private_key"),
        time(row, "created_at"),
        time(row, "signs_until"),
        time(row, "expires_at"));
  }

  private static Instant time(Row row, String column) {
    return Instant.ofEpochMilli(row.number(column));
  }

  @Override
  public Future<Void> add(Stored key) {
    return database
        .update(
            ADD,
            key.kid(),
            key.publicKey(),
            key.sealedKey(),
            key.createdAt().toEpochMilli(),
            key.signsUntil().toEpochMilli(),
            key.expiresAt().toEpochMilli())
        .mapEmpty();
  }

  @Override
  public Future<Void> deleteExpired(Instant now) {
    return database.update(DELETE, now.toEpochMilli()).mapEmpty();
  }
}
