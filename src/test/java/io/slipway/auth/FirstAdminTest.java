package io.slipway.auth;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.sql.SqlAccess;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.runtime.Secret;
import io.slipway.testing.SqliteExtension;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstAdminTest {
  private static final Actor ACTOR = Actor.named("test");
  private static final Secret CONFIGURED = Secret.of("from the file");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private AccessStore store;
  private AccessControl control;
  private FirstAdmin first;

  @BeforeEach
  void start() {
    get(Migrations.bundled().apply(sqlite.database()));
    store = new SqlAccess(sqlite.database());
    control = new AccessControl(sqlite.vertx(), store, List.of());
    get(control.reload());
    first = new FirstAdmin(control, store, new Passwords(sqlite.vertx(), 4));
  }

  private void makeAdmin(String name) {
    Account account =
        new Account(
            name,
            Account.Kind.USER,
            Role.ADMIN,
            Optional.of(Secret.of("hash")),
            0,
            "",
            Instant.EPOCH,
            Optional.empty());
    assertThat(get(store.accounts().create(account, ACTOR))).isTrue();
  }

  @Test
  void makesOneWhereThereIsNobody() {
    Secret shown = get(first.makeIfNone(null)).orElseThrow();
    assertThat(shown.reveal()).hasSizeGreaterThanOrEqualTo(16);
    assertThat(control.rules().role(FirstAdmin.NAME)).isEqualTo(Role.ADMIN);
    assertThat(get(first.makeIfNone(CONFIGURED))).isEmpty();
  }

  /** Another node made it, and people put another in its place, while this one slept. */
  @Test
  void bringsBackNoAdminWhoWasDeleted() {
    makeAdmin(FirstAdmin.NAME);
    makeAdmin("ann");
    assertThat(get(store.accounts().delete(Account.Kind.USER, FirstAdmin.NAME, ACTOR))).isTrue();
    assertThat(control.rules().isEmpty()).as("it looked before").isTrue();
    assertThat(get(first.makeIfNone(CONFIGURED))).isEmpty();
    assertThat(control.rules().account(FirstAdmin.NAME)).isEmpty();
    assertThat(control.rules().account("ann")).isPresent();
  }
}
