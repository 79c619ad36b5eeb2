package io.slipway.auth.sql;

import static io.slipway.auth.sql.SqlAccess.event;

import io.slipway.auth.AccessKey;
import io.slipway.auth.AccessStore.Accounts;
import io.slipway.auth.Account;
import io.slipway.auth.AccountChange;
import io.slipway.auth.sql.SqlAccess.Step;
import io.slipway.event.Actor;
import io.slipway.event.Event.AccessChanged;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes accounts and keys in SQL. */
final class SqlAccounts implements Accounts {
  private static final String CREATE =
      """
      INSERT INTO account
        (name, kind, role, password, version, description, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, :now, $7) ON CONFLICT (name) DO NOTHING
      """;
  private static final String IS_ANY = "SELECT 1 AS found FROM account LIMIT 1";
  private static final String IS_THERE =
      "SELECT version FROM account WHERE name = $1 AND kind = $2";
  private static final String SET_ROLE = "UPDATE account SET role = $2 WHERE name = $1";
  private static final String SET_PROFILE =
      "UPDATE account SET description = $2, expires_at = $3 WHERE name = $1";
  private static final String SET_PASSWORD =
      "UPDATE account SET password = $2, version = $3 WHERE name = $1";
  private static final String DELETE = "DELETE FROM account WHERE name = $1 AND kind = $2";
  private static final String LEAVE_GROUPS = "DELETE FROM group_member WHERE member = $1";
  private static final String ADD_KEY =
      """
      INSERT INTO access_key (id, account, hash, description, created_at, expires_at)
      SELECT $1, name, $3, $4, :now, $5 FROM account WHERE name = $2 AND kind = $6
      """;
  private static final String REVOKE = "DELETE FROM access_key WHERE account = $1 AND id = $2";

  /** Who can sign in and change these very rules. */
  private static final String ADMINS =
      """
      SELECT count(*) AS admins FROM account a
      WHERE a.role = 'admin' AND (a.expires_at IS NULL OR a.expires_at > :now)
        AND (a.password IS NOT NULL OR EXISTS (
          SELECT 1 FROM access_key k
          WHERE k.account = a.name AND (k.expires_at IS NULL OR k.expires_at > :now)))
      """;

  private final SqlAccess access;

  SqlAccounts(SqlAccess access) {
    this.access = access;
  }

  private static String word(Account.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Long millis(Optional<Instant> time) {
    return time.map(Instant::toEpochMilli).orElse(null);
  }

  private static @Nullable String password(Account account) {
    return account.password().map(Secret::reveal).orElse(null);
  }

  @Override
  public Future<Boolean> create(Account account, Actor actor) {
    return access.change(created(account, actor), step -> insert(step, account));
  }

  /** Changes wait for one another, so nobody else's comes between the look and the account. */
  @Override
  public Future<Boolean> createFirst(Account account, Actor actor) {
    return access.change(
        created(account, actor),
        step ->
            step.transaction()
                .first(IS_ANY, row -> true)
                .compose(
                    found ->
                        found.isPresent() ? Future.succeededFuture(false) : insert(step, account)));
  }

  private static AccessChanged created(Account account, Actor actor) {
    return event(
        actor, word(account.kind()) + ".created", account.name() + " " + account.role().text());
  }

  private static Future<Boolean> insert(Step step, Account account) {
    return step.transaction()
        .update(
            CREATE,
            account.name(),
            word(account.kind()),
            account.role().text(),
            password(account),
            step.version(),
            account.description(),
            millis(account.expiresAt()))
        .map(rows -> rows == 1);
  }

  private static String subject(AccountChange change) {
    return change.name() + change.role().map(role -> " " + role.text()).orElse("");
  }

  @Override
  public Future<Boolean> update(AccountChange change, Actor actor) {
    String what = change.role().isEmpty() && change.password().isPresent() ? "password" : "updated";
    return access.change(
        event(actor, word(change.kind()) + "." + what, subject(change)),
        step ->
            isThere(step, change)
                .compose(
                    there ->
                        there
                            ? keepingAnAdmin(step, () -> set(step, change))
                            : Future.succeededFuture(false)));
  }

  private static Future<Boolean> isThere(Step step, AccountChange change) {
    OptionalLong expected = change.expected();
    return step.transaction()
        .first(IS_THERE, row -> row.number("version"), change.name(), word(change.kind()))
        .map(
            version ->
                version.isPresent()
                    && (expected.isEmpty() || expected.getAsLong() == version.get()));
  }

  private static Future<Boolean> set(Step step, AccountChange change) {
    String name = change.name();
    Future<?> done = Future.succeededFuture();
    if (change.role().isPresent()) {
      String role = change.role().get().text();
      done = done.compose(ignored -> step.transaction().update(SET_ROLE, name, role));
    }
    if (change.profile().isPresent()) {
      AccountChange.Profile profile = change.profile().get();
      done =
          done.compose(
              ignored ->
                  step.transaction()
                      .update(
                          SET_PROFILE, name, profile.description(), millis(profile.expiresAt())));
    }
    if (change.password().isPresent()) {
      String hash = change.password().get().reveal();
      done =
          done.compose(
              ignored -> step.transaction().update(SET_PASSWORD, name, hash, step.version()));
    }
    return done.map(true);
  }

  @Override
  public Future<Boolean> delete(Account.Kind kind, String name, Actor actor) {
    return access.change(
        event(actor, word(kind) + ".deleted", name),
        step ->
            keepingAnAdmin(
                step,
                () ->
                    step.transaction()
                        .update(DELETE, name, word(kind))
                        .compose(
                            rows ->
                                rows == 1
                                    ? leave(step, name, actor).map(true)
                                    : Future.succeededFuture(false))));
  }

  private static Future<Void> leave(Step step, String name, Actor actor) {
    return step.transaction()
        .update(LEAVE_GROUPS, name)
        .compose(ignored -> SqlPolicies.deleteOf(step, name, actor));
  }

  /**
   * Refuses a change after which no admin could sign in, if one could before. Changes wait for one
   * another, so two of them do not each delete the other admin.
   */
  private static Future<Boolean> keepingAnAdmin(Step step, Supplier<Future<Boolean>> change) {
    return admins(step)
        .compose(
            before ->
                change
                    .get()
                    .compose(
                        changed ->
                            admins(step)
                                .compose(
                                    after ->
                                        before > 0 && after == 0
                                            ? Future.failedFuture(lastAdmin())
                                            : Future.succeededFuture(changed))));
  }

  private static Future<Long> admins(Step step) {
    return step.transaction().first(ADMINS, row -> row.number("admins")).map(Optional::orElseThrow);
  }

  private static RegistryException lastAdmin() {
    return new RegistryException(
        ErrorCode.CONFLICT,
        "tried to change the account but it is the last admin who can sign in: make another one"
            + " first");
  }

  @Override
  public Future<Boolean> addKey(Account.Kind kind, AccessKey key, Actor actor) {
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
                    millis(key.expiresAt()),
                    word(kind))
                .map(rows -> rows == 1));
  }

  @Override
  public Future<Boolean> revokeKey(String account, String id, Actor actor) {
    return access.change(
        event(actor, "key.revoked", account + "/" + id),
        step ->
            keepingAnAdmin(
                step, () -> step.transaction().update(REVOKE, account, id).map(rows -> rows == 1)));
  }
}
