package io.slipway.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.AccessKeys;
import io.slipway.auth.AccessRules;
import io.slipway.auth.AccessStore;
import io.slipway.auth.Account;
import io.slipway.auth.Permission;
import io.slipway.auth.Policy;
import io.slipway.auth.Role;
import io.slipway.auth.Subject;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import io.slipway.runtime.Secret;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    return new SqlAccess(database(), List.of());
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
    get(store().accounts().update(account("ann", "ignored", Optional.of(LATER)), false, ACTOR));
    Account same = rules().account("ann").orElseThrow();
    assertThat(same.version()).isEqualTo(first);
    assertThat(same.password()).contains(Secret.of("h"));
    assertThat(same.expiresAt()).contains(LATER);
    get(store().accounts().update(account("ann", "i", Optional.empty()), true, ACTOR));
    long second = rules().account("ann").orElseThrow().version();
    assertThat(second).isGreaterThan(first);
    get(store().accounts().delete("ann", ACTOR));
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    assertThat(rules().account("ann").orElseThrow().version()).isGreaterThan(second);
  }

  @Test
  default void deletesWhatBelongsToAnAccount() {
    get(store().accounts().create(account("ann", "h", Optional.empty()), ACTOR));
    AccessKeys.Fresh key = AccessKeys.make("ann", "ci", Instant.EPOCH, Optional.of(LATER));
    assertThat(get(store().accounts().addKey(key.key(), ACTOR))).isTrue();
    get(store().policies().putGroup("devs", Set.of("ann", "bob"), ACTOR));
    get(store().policies().put(policy("group:devs", Permission.PULL), ACTOR));
    assertThat(rules().key(key.key().id()).orElseThrow().expiresAt()).contains(LATER);
    assertThat(rules().of("ann").allow(Permission.PULL, APP)).isTrue();

    assertThat(get(store().accounts().delete("ann", ACTOR))).isTrue();
    assertThat(rules().key(key.key().id())).isEmpty();
    assertThat(rules().of("ann").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isTrue();
    assertThat(get(store().accounts().delete("ann", ACTOR))).isFalse();
  }

  @Test
  default void addsNoKeyToNobody() {
    AccessKeys.Fresh key = AccessKeys.make("nobody", "", Instant.EPOCH, Optional.empty());
    assertThat(get(store().accounts().addKey(key.key(), ACTOR))).isFalse();
    assertThat(get(store().accounts().revokeKey("nobody", key.key().id(), ACTOR))).isFalse();
    assertThat(events()).isEmpty();
  }

  @Test
  default void writesAPolicyInThePlaceOfAnother() {
    get(store().policies().put(policy("bob", Permission.PULL, Permission.PUSH), ACTOR));
    get(store().policies().put(policy("bob", Permission.DELETE), ACTOR));
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().of("bob").allow(Permission.DELETE, APP)).isTrue();
    assertThat(get(store().policies().delete("app", "bob", ACTOR))).isTrue();
    assertThat(get(store().policies().delete("app", "bob", ACTOR))).isFalse();
    assertThat(rules().of("bob").allow(Permission.DELETE, APP)).isFalse();
    assertThat(events()).containsExactly("policy.written", "policy.written", "policy.deleted");
  }

  @Test
  default void deletesAGroupWithItsMembers() {
    get(store().policies().putGroup("devs", Set.of("bob"), ACTOR));
    get(store().policies().put(policy("group:devs", Permission.PULL), ACTOR));
    assertThat(get(store().policies().deleteGroup("devs", ACTOR))).isTrue();
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    get(store().policies().putGroup("devs", Set.of("zoe"), ACTOR));
    assertThat(rules().of("bob").allow(Permission.PULL, APP)).isFalse();
    assertThat(rules().of("zoe").allow(Permission.PULL, APP)).isTrue();
  }

  @Test
  default void countsEveryChangeOfManyAtOnce() {
    long before = get(store().version());
    List<Future<Void>> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      changes.add(store().policies().put(policy("user" + i, Permission.PULL), ACTOR));
    }
    get(Future.all(changes));
    assertThat(get(store().version())).isEqualTo(before + 20);
    assertThat(rules().of("user19").allow(Permission.PULL, APP)).isTrue();
  }
}
