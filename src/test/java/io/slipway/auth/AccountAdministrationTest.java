package io.slipway.auth;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.auth.sql.SqlAccess;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.slipway.testing.AroundTransactions;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Accounts that others change between two steps. */
class AccountAdministrationTest {
  private static final Actor ACTOR = Actor.named("test");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private AccessStore store;

  @BeforeEach
  void start() {
    get(Migrations.bundled().apply(sqlite.database()));
    store = new SqlAccess(sqlite.database());
  }

  /** Returns one between whose look and whose change, the nth, something happens. */
  private AccountAdministration before(int change, Supplier<Future<?>> happens) {
    AtomicInteger changes = new AtomicInteger();
    Database database =
        new AroundTransactions(
            sqlite.database(),
            () -> changes.incrementAndGet() == change ? happens.get() : Future.succeededFuture(),
            Future::succeededFuture);
    return new AccessAdministration(
            new SqlAccess(database),
            List.of(),
            Future::succeededFuture,
            new Passwords(sqlite.vertx(), 4),
            guess -> Future.succeededFuture(),
            Clock.systemUTC())
        .accounts();
  }

  private static Account account(Account.Kind kind, String name) {
    return new Account(
        name, kind, Role.ENGINEER, Optional.empty(), 0, "", Instant.EPOCH, Optional.empty());
  }

  private static AccountWish wish(Account.Kind kind, String name) {
    return new AccountWish(
        kind, name, Role.VIEWER, Optional.of(Secret.of("sun")), "words", Optional.empty());
  }

  private Future<Boolean> make(Account.Kind kind, String name) {
    return store.accounts().create(account(kind, name), ACTOR);
  }

  private Future<Boolean> delete(Account.Kind kind, String name) {
    return store.accounts().delete(kind, name, ACTOR);
  }

  @Test
  void makesAnAccountAgainThatIsDeletedWhileItIsSet() {
    get(make(Account.Kind.USER, "ann"));
    AccountAdministration accounts = before(2, () -> delete(Account.Kind.USER, "ann"));
    assertThat(get(accounts.put(wish(Account.Kind.USER, "ann"), ACTOR))).as("it is new").isTrue();
    assertThat(get(store.load()).account("ann").orElseThrow().description()).isEqualTo("words");
  }

  @Test
  void setsNoAccountOfAnotherKind() {
    get(make(Account.Kind.ROBOT, "ci"));
    AccountAdministration accounts = before(0, Future::succeededFuture);
    assertThat(refused(accounts.put(wish(Account.Kind.USER, "ci"), ACTOR)))
        .isEqualTo(ErrorCode.CONFLICT);
  }

  @Test
  void givesTheKeyOfARobotToNoUserOfItsName() {
    get(make(Account.Kind.ROBOT, "ci"));
    AccountAdministration accounts =
        before(
            1,
            () ->
                delete(Account.Kind.ROBOT, "ci").compose(ignored -> make(Account.Kind.USER, "ci")));
    assertThat(refused(accounts.makeKey(Account.Kind.ROBOT, "ci", "", Optional.empty(), ACTOR)))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(get(store.load()).keys("ci")).isEmpty();
  }

  private static ErrorCode refused(Future<?> change) {
    return catchThrowableOfType(RegistryException.class, () -> get(change)).code();
  }
}
