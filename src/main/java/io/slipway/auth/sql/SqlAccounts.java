package io.slipway.auth.sql;

import static io.slipway.auth.sql.SqlAccess.event;

import io.slipway.auth.AccessKey;
import io.slipway.auth.AccessStore.Accounts;
import io.slipway.auth.Account;
import io.slipway.event.Actor;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes accounts and keys in SQL. */
final class SqlAccounts implements Accounts {
  private static final String CREATE =
      """
      INSERT INTO account
        (name, kind, role, password, version, description, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, :now, $7) ON CONFLICT (name) DO NOTHING
      """;
  private static final String UPDATE =
      """
      UPDATE account SET role = $2, description = $3, expires_at = $4 WHERE name = $1
      """;
  private static final String SET_PASSWORD =
      "UPDATE account SET password = $2, version = $3 WHERE name = $1";
  private static final String DELETE = "DELETE FROM account WHERE name = $1";
  private static final String LEAVE_GROUPS = "DELETE FROM group_member WHERE member = $1";
  private static final String ADD_KEY =
      """
      INSERT INTO access_key (id, account, hash, description, created_at, expires_at)
      SELECT $1, name, $3, $4, :now, $5 FROM account WHERE name = $2
      """;
  private static final String REVOKE = "DELETE FROM access_key WHERE account = $1 AND id = $2";

  private final SqlAccess access;

  SqlAccounts(SqlAccess access) {
    this.access = access;
  }

  private static String kind(Account account) {
    return account.kind().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Long millis(Optional<Instant> time) {
    return time.map(Instant::toEpochMilli).orElse(null);
  }

  private static @Nullable String password(Account account) {
    return account.password().map(Secret::reveal).orElse(null);
  }

  @Override
  public Future<Boolean> create(Account account, Actor actor) {
    return access.change(
        event(actor, kind(account) + ".created", account.name()),
        step ->
            step.transaction()
                .update(
                    CREATE,
                    account.name(),
                    kind(account),
                    account.role().text(),
                    password(account),
                    step.version(),
                    account.description(),
                    millis(account.expiresAt()))
                .map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> update(Account account, boolean newCredentials, Actor actor) {
    String name = account.name();
    return access.change(
        event(actor, kind(account) + (newCredentials ? ".password" : ".updated"), name),
        step ->
            step.transaction()
                .update(
                    UPDATE,
                    name,
                    account.role().text(),
                    account.description(),
                    millis(account.expiresAt()))
                .compose(
                    rows ->
                        rows == 1 && newCredentials
                            ? step.transaction()
                                .update(SET_PASSWORD, name, password(account), step.version())
                            : Future.succeededFuture(rows))
                .map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> delete(String name, Actor actor) {
    return access.change(
        event(actor, "account.deleted", name),
        step ->
            step.transaction()
                .update(LEAVE_GROUPS, name)
                .compose(ignored -> step.transaction().update(DELETE, name))
                .map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> addKey(AccessKey key, Actor actor) {
    return access.change(
        event(actor, "key.created", key.account() + "/" + key.id()),
        step ->
            step.transaction()
                .update(
                    ADD_KEY,
                    key.id(),
                    key.account(),
                    key.hash(),
                    key.description(),
                    millis(key.expiresAt()))
                .map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> revokeKey(String account, String id, Actor actor) {
    return access.change(
        event(actor, "key.revoked", account + "/" + id),
        step -> step.transaction().update(REVOKE, account, id).map(rows -> rows == 1));
  }
}
