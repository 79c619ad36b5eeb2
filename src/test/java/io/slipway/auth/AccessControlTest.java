package io.slipway.auth;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.auth.sql.SqlAccess;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.testing.HandTimers;
import io.slipway.testing.HandTimers.Timer;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How soon a node obeys what another one changed, by the timers it sets. */
class AccessControlTest {
  /** Every change is obeyed within this time (R5.2). */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What is left of it for a look: two statements to a quiet database. */
  private static final Duration FOR_A_LOOK = Duration.ofMillis(150);

  /** The times are spread at random. */
  private static final int CHANGES = 100;

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private final Vertx vertx = Vertx.vertx();
  private final HandTimers timers = new HandTimers();
  private AccessStore store;
  private volatile Future<Void> answers = Future.succeededFuture();
  private volatile CountDownLatch asked = new CountDownLatch(1);
  private AccessControl other;

  @BeforeEach
  void start() {
    get(Migrations.bundled().apply(sqlite.database()));
    store = new SqlAccess(sqlite.database());
    other = new AccessControl(timers.of(vertx), new Answering(), List.of());
    get(other.start());
  }

  @AfterEach
  void stop() {
    get(other.stop());
    get(vertx.close());
  }

  /** The store of the other node, whose answers may come late. */
  private final class Answering implements AccessStore {
    @Override
    public Future<Long> version() {
      Future<Void> answer = answers;
      return store
          .version()
          .compose(
              version -> {
                asked.countDown();
                return answer.map(version);
              });
    }

    @Override
    public Future<AccessRules> load() {
      return store.load();
    }

    @Override
    public Accounts accounts() {
      return store.accounts();
    }

    @Override
    public Policies policies() {
      return store.policies();
    }
  }

  /** Changes the rules as another node does: when it returns the change is acknowledged. */
  private void make(String name) {
    Account account =
        new Account(
            name,
            Account.Kind.USER,
            Role.VIEWER,
            Optional.empty(),
            0,
            "",
            Instant.EPOCH,
            Optional.empty());
    assertThat(get(store.accounts().create(account, Actor.named("test")))).isTrue();
  }

  private boolean knows(String name) {
    return other.rules().account(name).isPresent();
  }

  /** A change right after a look has to wait longest for the next. */
  @Test
  void looksAtEveryChangeWithinASecond() {
    for (int i = 0; i < CHANGES; i++) {
      Timer next = timers.next();
      make("user" + i);
      assertThat(knows("user" + i)).as("before it looks").isFalse();
      assertThat(next.delay().plus(FOR_A_LOOK)).isLessThanOrEqualTo(SOON);
      next.fire().run();
      Timer after = timers.next();
      assertThat(knows("user" + i)).as("after one look").isTrue();
      after.fire().run();
    }
  }

  /** What a look that is under way does not see, the next one does, as soon. */
  @Test
  void looksAgainAfterALookThatDidNotSeeTheChange() throws Exception {
    Promise<Void> late = Promise.promise();
    Timer first = timers.next();
    answers = late.future();
    asked = new CountDownLatch(1);
    first.fire().run();
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    make("ann");
    answers = Future.succeededFuture();
    late.complete();
    Timer second = timers.next();
    assertThat(knows("ann")).isFalse();
    assertThat(second.delay().plus(FOR_A_LOOK)).isLessThanOrEqualTo(SOON);
    second.fire().run();
    timers.next();
    assertThat(knows("ann")).isTrue();
  }
}
