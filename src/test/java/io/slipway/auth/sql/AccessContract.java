package io.slipway.auth.sql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.auth.AccessKeys;
import io.slipway.auth.AccessRules;
import io.slipway.auth.AccessStore;
import io.slipway.auth.Account;
import io.slipway.auth.AccountChange;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.auth.Role;
import io.slipway.auth.Subject;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Secret;
import io.slipway.testing.BesideStatements;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a database of access rules does, whichever it is. */
interface AccessContract {
  Actor ACTOR = new Actor("root", "192.0.2.1");
  RepositoryName APP = new RepositoryName("app");
  Instant LATER = Instant.parse("2030-01-02T03:04:05Z");

  Database database();

  private static <T> T get(Future<T> future) {
    return SqliteExtension.get(future);
  }

  @BeforeEach
  default void makeSchema() {
    get(Migrations.bundled().apply(database()));
  }

  private AccessStore store() {
    return new SqlAccess(database());
  }

  private AccessRules rules() {
    return get(store().load());
  }

  private static Account account(String name, String password, Optional<Instant> expires) {
    return new Account(
        name,
        Account.Kind.USER,
        Role.ENGINEER,
        Optional.of(Secret.of(password)),
        0,
        "words",
        Instant.EPOCH,
        expires);
  }

  private static Policy policy(String subject, Permission... permissions) {
    return new Policy(
        RepositoryPattern.parse("app"), Subject.parse(subject), Set.of(permissions), Instant.EPOCH);
  }

  private List<String> events() {
    return get(
        database()
            .query(
                "SELECT payload FROM outbox ORDER BY id",
                row -> new JsonObject(row.string("payload")).getString("change")));
  }

  @Test
  default void readsWhatWasWritten() {
    assertThat(get(store().accounts().create(account("ann", "h", Optional.of(LATER)), ACTOR)))
        .isTrue();
    Account read = rules().account("ann").orElseThrow();
    assertThat(read.kind()).isEqualTo(Account.Kind.USER);
    assertThat(read.role()).isEqualTo(Role.ENGINEER);
    assertThat(read.password()).contains(Secret.of("h"));
    assertThat(read.description()).isEqualTo("words");
    assertThat(read.expiresAt()).contains(LATER);
    assertThat(read.createdAt()).isAfter(Instant.EPOCH);
    assertThat(read.toString()).contains("(redacted)").doesNotContain("Optional[h]");
  }

  @Test
  default void makesOneOfEachName() {
    assertThat(get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR)))
        .isTrue();
    long version = rules().version();
    assertThat(get(store().accounts().create(account("ann", "i", Optional.empty()), ACTOR)))
        .isFalse();
    assertThat(rules().account("ann").orElseThrow().password()).contains(Secret.of("h"));
    assertThat(rules().version()).isEqualTo(version);
    assertThat(events()).containsExactly("user.created");
  }

  @Test
  default void givesNewCredentialsANewVersion() {
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    long first = rules().account("ann").orElseThrow().version();
    AccountChange end =
        new AccountChange(
            "ann",
            Account.Kind.USER,
            Optional.empty(),
            Optional.of(new AccountChange.Profile("other words", Optional.of(LATER))),
            Optional.empty(),
            OptionalLong.of(first));
    assertThat(get(store().accounts().update(end, ACTOR))).isTrue();
    Account same = rules().account("ann").orElseThrow();
    assertThat(same.version()).isEqualTo(first);
    assertThat(same.password()).contains(Secret.of("h"));
    assertThat(same.expiresAt()).contains(LATER);
    AccountChange password = AccountChange.password("ann", Secret.of("i"), OptionalLong.of(first));
    assertThat(get(store().accounts().update(password, ACTOR))).isTrue();
    assertThat(get(store().accounts().update(password, ACTOR))).isFalse();
    assertThat(rules().account("ann").orElseThrow().description()).isEqualTo("other words");
    long second = rules().account("ann").orElseThrow().version();
    assertThat(second).isGreaterThan(first);
    get(store().accounts().delete(Account.Kind.USER, "ann", ACTOR));
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    assertThat(rules().account("ann").orElseThrow().version()).isGreaterThan(second);
  }

  @Test
  default void deletesWhatBelongsToAnAccount() {
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    AccessKeys.Fresh key = AccessKeys.make("ann", "ci", Instant.EPOCH, Optional.of(LATER));
    assertThat(get(store().accounts().addKey(Account.Kind.USER, key.key(), ACTOR))).isTrue();
    get(store().policies().putGroup("devs", Set.of("ann", "bob"), false, ACTOR));
    get(store().policies().put(policy("group:devs", Permission.PULL), false, ACTOR));
    assertThat(rules().key(key.key().id()).orElseThrow().expiresAt()).contains(LATER);
    assertThat(rules().of("ann").allow(Permission.PULL, APP)).isTrue();

    assertThat(get(store().accounts().delete(Account.Kind.USER, "ann", ACTOR))).isTrue();
    assertThat(rules().key(key.key().id())).isEmpty();
    assertThat(rules().of("ann").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isTrue();
    assertThat(get(store().accounts().delete(Account.Kind.USER, "ann", ACTOR))).isFalse();
  }

  @Test
  default void changesNoAccountOfTheOtherKind() {
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    AccountChange role = AccountChange.role(Account.Kind.ROBOT, "ann", Role.ADMIN);
    assertThat(get(store().accounts().update(role, ACTOR))).isFalse();
    assertThat(get(store().accounts().delete(Account.Kind.ROBOT, "ann", ACTOR))).isFalse();
    AccessKeys.Fresh key = AccessKeys.make("ann", "", Instant.EPOCH, Optional.empty());
    assertThat(get(store().accounts().addKey(Account.Kind.ROBOT, key.key(), ACTOR))).isFalse();
    assertThat(rules().role("ann")).isEqualTo(Role.ENGINEER);
  }

  @Test
  default void keepsTheLastAdminWhoCanSignIn() {
    makeAdmin("ann");
    AccountChange demotion = AccountChange.role(Account.Kind.USER, "ann", Role.VIEWER);
    assertThat(refused(store().accounts().update(demotion, ACTOR))).isEqualTo(ErrorCode.CONFLICT);
    assertThat(refused(store().accounts().delete(Account.Kind.USER, "ann", ACTOR)))
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(rules().role("ann")).isEqualTo(Role.ADMIN);
    makeAdmin("bob");
    assertThat(get(store().accounts().update(demotion, ACTOR))).isTrue();
    assertThat(refused(store().accounts().delete(Account.Kind.USER, "bob", ACTOR)))
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(events()).doesNotContain("user.deleted");
  }

  @Test
  default void keepsOneOfTwoAdminsWhoAreDeletedAtOnce() {
    makeAdmin("ann");
    makeAdmin("bob");
    Future<Boolean> one = store().accounts().delete(Account.Kind.USER, "ann", ACTOR);
    Future<Boolean> two = store().accounts().delete(Account.Kind.USER, "bob", ACTOR);
    get(Future.join(one, two).otherwiseEmpty());
    assertThat(List.of(one.succeeded(), two.succeeded())).containsExactlyInAnyOrder(true, false);
    assertThat(rules().accounts()).hasSize(1);
  }

  @Test
  default void keepsTheLastKeyOfTheLastAdmin() {
    Account robot =
        new Account(
            "ci",
            Account.Kind.ROBOT,
            Role.ADMIN,
            Optional.empty(),
            0,
            "",
            Instant.EPOCH,
            Optional.empty());
    get(store().accounts().create(robot, ACTOR));
    AccessKeys.Fresh key = AccessKeys.make("ci", "", Instant.EPOCH, Optional.of(LATER));
    get(store().accounts().addKey(Account.Kind.ROBOT, key.key(), ACTOR));
    assertThat(refused(store().accounts().revokeKey("ci", key.key().id(), ACTOR)))
        .isEqualTo(ErrorCode.CONFLICT);
    makeAdmin("ann");
    assertThat(get(store().accounts().revokeKey("ci", key.key().id(), ACTOR))).isTrue();
    assertThat(get(store().accounts().delete(Account.Kind.ROBOT, "ci", ACTOR))).isTrue();
  }

  private void makeAdmin(String name) {
    get(store().accounts().create(account(name, "h", Optional.empty()), ACTOR));
    AccountChange role = AccountChange.role(Account.Kind.USER, name, Role.ADMIN);
    assertThat(get(store().accounts().update(role, ACTOR))).isTrue();
  }

  private static ErrorCode refused(Future<?> change) {
    return catchThrowableOfType(RegistryException.class, () -> get(change)).code();
  }

  @Test
  default void replacesNothingThatMustBeNew() {
    assertThat(get(store().policies().put(policy("bob", Permission.PULL), true, ACTOR))).isTrue();
    assertThat(get(store().policies().put(policy("bob", Permission.PUSH), true, ACTOR))).isFalse();
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isTrue();
    assertThat(get(store().policies().putGroup("devs", Set.of("bob"), true, ACTOR))).isTrue();
    assertThat(get(store().policies().putGroup("devs", Set.of(), true, ACTOR))).isFalse();
    assertThat(rules().groups()).containsOnly(Map.entry("devs", Set.of("bob")));
    assertThat(get(store().policies().putGroup("devs", Set.of(), false, ACTOR))).isFalse();
    assertThat(rules().groups()).containsOnly(Map.entry("devs", Set.of()));
    assertThat(events()).containsExactly("policy.written", "group.written", "group.written");
  }

  @Test
  default void addsNoKeyToNobody() {
    AccessKeys.Fresh key = AccessKeys.make("nobody", "", Instant.EPOCH, Optional.empty());
    assertThat(get(store().accounts().addKey(Account.Kind.USER, key.key(), ACTOR))).isFalse();
    assertThat(get(store().accounts().revokeKey("nobody", key.key().id(), ACTOR))).isFalse();
    assertThat(events()).isEmpty();
  }

  @Test
  default void writesAPolicyInThePlaceOfAnother() {
    get(store().policies().put(policy("bob", Permission.PULL, Permission.PUSH), false, ACTOR));
    get(store().policies().put(policy("bob", Permission.DELETE), false, ACTOR));
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().of("bob").allow(Permission.DELETE, APP)).isTrue();
    assertThat(get(store().policies().delete("app", "bob", ACTOR))).isTrue();
    assertThat(get(store().policies().delete("app", "bob", ACTOR))).isFalse();
    assertThat(rules().of("bob").allow(Permission.DELETE, APP)).isFalse();
    assertThat(events()).containsExactly("policy.written", "policy.written", "policy.deleted");
  }

  @Test
  default void deletesAGroupWithItsMembers() {
    get(store().policies().putGroup("devs", Set.of("bob"), false, ACTOR));
    get(store().policies().put(policy("group:devs", Permission.PULL), false, ACTOR));
    assertThat(get(store().policies().deleteGroup("devs", ACTOR))).isTrue();
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    get(store().policies().putGroup("devs", Set.of("bob"), false, ACTOR));
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().policies()).isEmpty();
  }

  @Test
  default void givesAnotherOfTheSameNameNoneOfItsPolicies() {
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    for (String subject : List.of("ann", "ann*", "*", "group:ann", "anna", "anonymous")) {
      get(store().policies().put(policy(subject, Permission.PULL), false, ACTOR));
    }
    assertThat(get(store().accounts().delete(Account.Kind.ROBOT, "ann", ACTOR))).isFalse();
    assertThat(subjects()).contains("ann");
    assertThat(get(store().accounts().delete(Account.Kind.USER, "ann", ACTOR))).isTrue();
    assertThat(subjects()).containsExactlyInAnyOrder("ann*", "*", "group:ann", "anna", "anonymous");
    assertThat(events()).endsWith("policy.deleted", "user.deleted");
    assertThat(get(store().policies().deleteGroup("ann", ACTOR))).isFalse();
    assertThat(subjects()).contains("group:ann");
  }

  @Test
  default void keepsThePoliciesOfWhomItDoesNotDelete() {
    makeAdmin("ann");
    get(store().policies().put(policy("ann", Permission.PULL), false, ACTOR));
    assertThat(refused(store().accounts().delete(Account.Kind.USER, "ann", ACTOR)))
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(subjects()).containsExactly("ann");
    assertThat(events()).doesNotContain("policy.deleted");
  }

  private List<String> subjects() {
    return rules().policies().stream().map(policy -> policy.subject().text()).toList();
  }

  /** Somebody who leaves a group before it may do more is never seen to be in it then. */
  @Test
  default void readsNoRightsThatNeverWere() {
    get(store().policies().putGroup("devs", Set.of("ann"), false, ACTOR));
    AtomicReference<@Nullable Future<Boolean>> change = new AtomicReference<>();
    Database changing =
        new BesideStatements(
            database(),
            sql -> {
              if (sql.contains("FROM policy") && change.get() == null) {
                change.set(giveToWhoStays());
              }
              return Future.succeededFuture();
            });
    AccessRules read = get(new SqlAccess(changing).load());
    get(requireNonNull(change.get()));
    assertThat(read.of("ann").allow(Permission.PUSH, APP)).isFalse();
    assertThat(rules().of("ann").allow(Permission.PUSH, APP)).isFalse();
    assertThat(rules().of("bob").allow(Permission.PUSH, APP)).isTrue();
  }

  /** Whoever changes them all the time keeps nobody from reading them. */
  @Test
  default void readsRulesThatChangeAllTheTime() {
    get(store().policies().put(policy("bob", Permission.PULL), false, ACTOR));
    List<Future<?>> changes = new CopyOnWriteArrayList<>();
    Database changing =
        new BesideStatements(
            database(),
            sql -> {
              assertThat(changes).as("changes while rules are read").hasSizeLessThan(30);
              Policy next = policy("user" + changes.size(), Permission.PULL);
              Future<Boolean> change = store().policies().put(next, false, ACTOR);
              changes.add(change);
              return change;
            });
    assertThat(get(new SqlAccess(changing).load()).of("bob").allow(Permission.PULL, APP)).isTrue();
    get(Future.all(changes));
  }

  private Future<Boolean> giveToWhoStays() {
    AccessStore.Policies policies = store().policies();
    return policies
        .putGroup("devs", Set.of("bob"), false, ACTOR)
        .compose(ignored -> policies.put(policy("group:devs", Permission.PUSH), false, ACTOR));
  }

  @Test
  default void countsEveryChangeOfManyAtOnce() {
    long before = get(store().version());
    List<Future<Boolean>> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      changes.add(store().policies().put(policy("user" + i, Permission.PULL), false, ACTOR));
    }
    get(Future.all(changes));
    assertThat(get(store().version())).isEqualTo(before + 20);
    assertThat(rules().of("user19").allow(Permission.PULL, APP)).isTrue();
  }
}
