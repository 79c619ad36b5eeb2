package io.slipway.auth.sql;

import io.slipway.auth.AccessKey;
import io.slipway.auth.AccessRules;
import io.slipway.auth.AccessStore;
import io.slipway.auth.Account;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.auth.Role;
import io.slipway.auth.Subject;
import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Statements;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event.AccessChanged;
import io.slipway.event.Outbox;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps the access rules in SQL. */
public final class SqlAccess implements AccessStore {
  private static final String VERSION = "SELECT version FROM setting WHERE name = 'access'";
  // Each change updates the row first of all, so there is none while it is locked.
  private static final String LOCK = "SELECT version FROM setting WHERE name = 'access' FOR SHARE";
  private static final String FIRST =
      """
      INSERT INTO setting (name, value, version) VALUES ('access', '', 0)
      ON CONFLICT (name) DO NOTHING
      """;
  private static final String NEXT =
      """
      INSERT INTO setting (name, value, version) VALUES ('access', '', 1)
      ON CONFLICT (name) DO UPDATE SET version = setting.version + 1 RETURNING version
      """;
  private static final String ACCOUNTS =
      "SELECT name, kind, role, password, version, description, created_at, expires_at FROM"
          + " account";
  private static final String KEYS =
      "SELECT id, account, hash, description, created_at, expires_at FROM access_key";
  private static final String MEMBERS =
      """
      SELECT g.name AS name, m.member AS member
      FROM access_group g LEFT JOIN group_member m ON m.name = g.name
      """;
  private static final String POLICIES =
      "SELECT repository, subject, permissions, created_at FROM policy ORDER BY repository,"
          + " subject";

  private final Database database;

  public SqlAccess(Database database) {
    this.database = database;
  }

  @Override
  public Future<Long> version() {
    return database.first(VERSION, row -> row.number("version")).map(found -> found.orElse(0L));
  }

  /**
   * Keeps nobody waiting, unless rules change meanwhile: those of two moments may allow what none
   * ever did.
   */
  @Override
  public Future<AccessRules> load() {
    return version()
        .compose(version -> read(database, version))
        .compose(
            rules ->
                version()
                    .compose(
                        now ->
                            now == rules.version() ? Future.succeededFuture(rules) : loadAlone()));
  }

  /** Keeps changes waiting. */
  private Future<AccessRules> loadAlone() {
    return database.transaction(
        transaction -> lock(transaction).compose(version -> read(transaction, version)));
  }

  /** Returns the version of rules that stay as they are until the transaction ends. */
  private static Future<Long> lock(Transaction transaction) {
    return transaction
        .first(LOCK, row -> row.number("version"))
        .compose(
            found ->
                found
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () -> transaction.update(FIRST).compose(ignored -> lock(transaction))));
  }

  private static Future<AccessRules> read(Statements database, long version) {
    Future<List<Account>> accounts = database.query(ACCOUNTS, SqlAccess::account);
    Future<List<AccessKey>> keys = database.query(KEYS, SqlAccess::key);
    Future<List<Member>> members =
        database.query(MEMBERS, row -> new Member(row.string("name"), row.stringOrNull("member")));
    Future<List<Policy>> policies = database.query(POLICIES, SqlAccess::policy);
    return Future.all(accounts, keys, members, policies)
        .map(
            ignored ->
                new AccessRules(
                    version,
                    accounts.result(),
                    keys.result(),
                    groups(members.result()),
                    policies.result()));
  }

  /** A group and one of its members; null of a group that has none. */
  private record Member(String group, @Nullable String name) {}

  private static Map<String, Set<String>> groups(List<Member> members) {
    Map<String, Set<String>> groups = new HashMap<>();
    for (Member member : members) {
      Set<String> names = groups.computeIfAbsent(member.group(), ignored -> new HashSet<>());
      String name = member.name();
      if (name != null) {
        names.add(name);
      }
    }
    return groups;
  }

  private static Account account(Row row) {
    return new Account(
        row.string("name"),
        Account.Kind.valueOf(row.string("kind").toUpperCase(Locale.ROOT)),
        Role.find(row.string("role")).orElse(Role.VIEWER),
        Optional.ofNullable(row.stringOrNull("password")).map(Secret::of),
        row.number("version"),
        row.string("description"),
        Instant.ofEpochMilli(row.number("created_at")),
        time(row.numberOrNull("expires_at")));
  }

  private static AccessKey key(Row row) {
    return new AccessKey(
        row.string("id"),
        row.string("account"),
        row.string("hash"),
        row.string("description"),
        Instant.ofEpochMilli(row.number("created_at")),
        time(row.numberOrNull("expires_at")));
  }

  private static Policy policy(Row row) {
    return new Policy(
        RepositoryPattern.parse(row.string("repository")),
        Subject.parse(row.string("subject")),
        Arrays.stream(row.string("permissions").split(",", -1))
            .flatMap(word -> Permission.find(word).stream())
            .collect(Collectors.toSet()),
        Instant.ofEpochMilli(row.number("created_at")));
  }

  private static Optional<Instant> time(@Nullable Long millis) {
    return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
  }

  @Override
  public Accounts accounts() {
    return new SqlAccounts(this);
  }

  @Override
  public Policies policies() {
    return new SqlPolicies(this);
  }

  /**
   * Changes the rules.
   *
   * @param event what is told of it, if anything was changed
   * @param change gets the new version, and answers whether there was something to change; when
   *     there was not, nothing is
   */
  Future<Boolean> change(AccessChanged event, Function<Step, Future<Boolean>> change) {
    return database
        .transaction(
            transaction ->
                transaction
                    .first(NEXT, row -> row.number("version"))
                    .compose(version -> change.apply(new Step(transaction, version.orElseThrow())))
                    .compose(
                        changed ->
                            changed
                                ? Outbox.append(transaction, event)
                                : Future.failedFuture(new NothingChanged())))
        .map(true)
        .recover(
            cause ->
                cause instanceof NothingChanged
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause));
  }

  /** One change under way. */
  record Step(Transaction transaction, long version) {}

  /** Rolls a change back that found nothing to change. */
  private static final class NothingChanged extends RuntimeException {
    private static final long serialVersionUID = 1;

    NothingChanged() {
      super("nothing was changed", null, false, false);
    }
  }

  static AccessChanged event(Actor actor, String what, String subject) {
    return new AccessChanged(actor, what, subject);
  }
}
