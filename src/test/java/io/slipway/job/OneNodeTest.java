package io.slipway.job;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.Migrations;
import io.slipway.testing.Eventually;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job of all nodes that one of them does. */
class OneNodeTest {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger runs = new AtomicInteger();
  private OneNode node;

  @BeforeEach
  void migrate() {
    get(Migrations.bundled().apply(sqlite.database()));
    node = of(Duration.ofDays(1));
  }

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private OneNode of(Duration time) {
    return new OneNode(vertx, sqlite.database(), "job", time);
  }

  private Future<Boolean> run() {
    runs.incrementAndGet();
    return Future.succeededFuture(true);
  }

  @Test
  void leavesAloneWhatAnotherIsAt() {
    Promise<Boolean> first = Promise.promise();
    AtomicBoolean begun = new AtomicBoolean();
    Future<Boolean> running =
        node.alone(
            () -> {
              begun.set(true);
              return first.future();
            },
            () -> {});
    Eventually.happens("it has begun", begun::get);
    assertThat(get(node.alone(this::run, () -> {}))).isFalse();
    first.complete(true);
    assertThat(get(running)).isTrue();
    assertThat(get(node.alone(this::run, () -> {}))).isTrue();
    assertThat(runs).hasValue(1);
  }

  /** By then another node may have the lease, and the database cannot say so. */
  @Test
  void tellsAJobThatTheDatabaseDidNotHearOfItForTooLong() {
    AtomicBoolean lost = new AtomicBoolean();
    Promise<Boolean> job = Promise.promise();
    Future<Boolean> running =
        of(Duration.ofMillis(300))
            .alone(
                () -> sqlite.database().close().compose(ignored -> job.future()),
                () -> lost.set(true));
    Eventually.happens("it is told", lost::get);
    job.complete(true);
    Eventually.happens("it ended", running::isComplete);
  }

  @Test
  void tellsAJobThatAnotherMayDoIt() {
    AtomicBoolean lost = new AtomicBoolean();
    Promise<Boolean> job = Promise.promise();
    Future<Boolean> running =
        of(Duration.ofMillis(300))
            .alone(
                () ->
                    sqlite
                        .database()
                        .update("UPDATE lease SET token = token + 1")
                        .compose(ignored -> job.future()),
                () -> {
                  lost.set(true);
                  job.complete(false);
                });
    Eventually.happens("it is told", lost::get);
    get(running);
  }

  /** Has another node at it, until the row says otherwise. */
  private void takeByAnother() {
    assertThat(get(node.once(this::run))).isTrue();
  }

  @Test
  void waitsUntilNoOtherIsAtIt() {
    takeByAnother();
    AtomicInteger looks = new AtomicInteger();
    Future<Optional<String>> done =
        node.within(
            Duration.ofDays(1),
            () -> Future.succeededFuture("done"),
            () -> {},
            () -> {
              if (looks.incrementAndGet() == 2) {
                sqlite.database().update("UPDATE lease SET until = 0");
              }
              return true;
            });
    assertThat(get(done)).hasValue("done");
    assertThat(looks).hasValueBetween(2, 3);
  }

  @Test
  void looksOnceForAJobWithoutPatience() {
    takeByAnother();
    assertThat(get(node.within(Duration.ZERO, this::run, () -> {}, () -> true))).isEmpty();
    get(sqlite.database().update("UPDATE lease SET until = 0"));
    assertThat(get(node.within(Duration.ZERO, this::run, () -> {}, () -> true))).hasValue(true);
    assertThat(runs).hasValue(2);
  }

  @Test
  void waitsNoLongerForWhatNobodyWants() {
    takeByAnother();
    assertThat(get(node.within(Duration.ofDays(1), this::run, () -> {}, () -> false))).isEmpty();
    assertThat(runs).hasValue(1);
  }

  @Test
  void failsAsTheJobItWaitedFor() {
    assertThatThrownBy(
            () ->
                get(
                    node.within(
                        Duration.ofDays(1),
                        () -> Future.failedFuture(new IllegalStateException("no")),
                        () -> {},
                        () -> true)))
        .hasMessageContaining("no");
    assertThat(get(node.alone(this::run, () -> {}))).as("given back").isTrue();
  }

  @Test
  void doesNothingThatWasDoneLately() {
    assertThat(get(node.once(this::run))).isTrue();
    assertThat(get(node.once(this::run))).isFalse();
    get(sqlite.database().update("UPDATE lease SET until = 0"));
    assertThat(get(node.once(this::run))).isTrue();
    assertThat(runs).hasValue(2);
  }

  @Test
  void doesAgainWhatFailed() {
    assertThatThrownBy(
            () ->
                get(
                    node.once(
                        () -> {
                          throw new IllegalStateException("no");
                        })))
        .hasMessageContaining("no");
    assertThat(get(node.once(this::run))).isTrue();
  }
}
