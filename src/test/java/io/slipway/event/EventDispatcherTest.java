package io.slipway.event;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.database.Transaction;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EventDispatcherTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(20);

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private final List<EventDispatcher> started = new ArrayList<>();

  @BeforeEach
  void makeSchema() {
    get(Migrations.bundled().apply(database()));
    get(database().update("CREATE TABLE notes (v BIGINT PRIMARY KEY)"));
  }

  @AfterEach
  void stop() {
    started.forEach(dispatcher -> get(dispatcher.stop()));
  }

  private Database database() {
    return sqlite.database();
  }

  private static EventOptions polling(Duration poll) {
    return new EventOptions(
        poll, Duration.ofSeconds(5), Duration.ofSeconds(10), 3, Duration.ofMillis(1), SOON);
  }

  private EventDispatcher start(EventOptions options, EventConsumer... consumers) {
    EventDispatcher dispatcher =
        new EventDispatcher(sqlite.vertx(), database(), "node", List.of(consumers), options);
    dispatcher.start();
    started.add(dispatcher);
    return dispatcher;
  }

  private void push(int number) {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {(byte) number});
    Event event =
        new Event.BlobPushed(RepositoryName.parse("app"), Actor.named("ann"), digest, number, true);
    get(database().transaction(transaction -> Outbox.append(transaction, event).map(true)));
  }

  /** Writes the sizes of some events into a table, in the transaction of the relay. */
  private static final class TakingConsumer implements EventConsumer {
    private final String name;
    private final Predicate<EventDelivery> wanted;
    private final List<EventDelivery> taken = new CopyOnWriteArrayList<>();
    private final RecordingConsumer delivered;

    TakingConsumer(String name, Predicate<EventDelivery> wanted) {
      this.name = name;
      this.wanted = wanted;
      this.delivered = new RecordingConsumer(name);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Future<List<EventDelivery>> take(Transaction transaction, List<EventDelivery> events) {
      List<Future<Integer>> all =
          events.stream()
              .filter(wanted)
              .map(event -> transaction.update("INSERT INTO notes (v) VALUES ($1)", size(event)))
              .toList();
      return Future.all(all).map(events.stream().filter(wanted.negate()).toList());
    }

    @Override
    public void taken(List<EventDelivery> events) {
      taken.addAll(events);
    }

    @Override
    public Future<Void> handle(EventDelivery delivery) {
      return delivered.handle(delivery);
    }
  }

  private long count(String table) {
    String sql = "SELECT count(*) AS n FROM " + table;
    return get(database().query(sql, row -> row.number("n"))).getFirst();
  }

  private static long size(EventDelivery delivery) {
    return ((Event.BlobPushed) delivery.event()).size();
  }

  @Test
  void deliversWhatWasCommittedToEachConsumer() throws InterruptedException {
    RecordingConsumer audit = new RecordingConsumer("audit");
    RecordingConsumer webhook = new RecordingConsumer("webhook");
    push(1);
    EventDispatcher dispatcher = start(polling(NEVER), audit, webhook);
    EventDelivery first = audit.next();
    assertThat(size(first)).isEqualTo(1);
    assertThat(first.attempt()).isEqualTo(1);
    assertThat(first.createdAt()).isCloseTo(System.currentTimeMillis(), within(60_000L));
    assertThat(webhook.next().eventId()).isEqualTo(first.eventId());
    get(dispatcher.stop());
    assertThat(count("outbox")).isZero();
    assertThat(count("delivery")).isZero();
  }

  @Test
  void deliversNothingThatWasRolledBack() throws InterruptedException {
    RecordingConsumer audit = new RecordingConsumer("audit");
    Function<Transaction, Future<Boolean>> body =
        transaction ->
            Outbox.append(
                    transaction,
                    new Event.BlobDeleted(
                        RepositoryName.parse("app"),
                        Actor.named("ann"),
                        Digest.of(DigestAlgorithm.SHA256, new byte[0])))
                .compose(done -> Future.failedFuture("refused"));
    assertThatThrownBy(() -> get(database().transaction(body))).hasMessage("refused");
    push(2);
    get(start(polling(NEVER), audit).stop());
    started.clear();
    start(polling(SOON), audit);
    assertThat(size(audit.next())).isEqualTo(2);
    assertThat(audit.isEmpty()).isTrue();
  }

  @Test
  void isWokenByAMessageAndFindsTheRestByPolling() throws InterruptedException {
    RecordingConsumer audit = new RecordingConsumer("audit");
    push(0);
    EventDispatcher woken = start(polling(NEVER), audit);
    assertThat(size(audit.next())).isZero();
    push(1);
    EventLook.send(sqlite.vertx());
    assertThat(size(audit.next())).isEqualTo(1);
    get(woken.stop());
    push(2);
    start(polling(SOON), audit);
    assertThat(size(audit.next())).isEqualTo(2);
    push(3);
    assertThat(size(audit.next())).isEqualTo(3);
  }

  @Test
  void triesAgainUntilItSucceeds() throws InterruptedException {
    RecordingConsumer shaky =
        new RecordingConsumer(
            "shaky",
            delivery -> {
              if (delivery.attempt() == 1) {
                throw new IllegalStateException("first time");
              }
              return delivery.attempt() == 2
                  ? Future.failedFuture("second time")
                  : Future.succeededFuture();
            });
    push(1);
    EventDispatcher dispatcher = start(polling(SOON), shaky);
    EventDelivery first = shaky.next();
    shaky.next();
    EventDelivery third = shaky.next();
    assertThat(third.eventId()).isEqualTo(first.eventId());
    assertThat(third.attempt()).isEqualTo(3);
    get(dispatcher.stop());
    assertThat(count("delivery")).isZero();
  }

  @Test
  void givesUpWhatFailsTooOftenAndGoesOn() throws InterruptedException {
    RecordingConsumer picky =
        new RecordingConsumer(
            "picky",
            delivery ->
                size(delivery) == 1
                    ? Future.failedFuture("x".repeat(1000))
                    : Future.succeededFuture());
    push(1);
    EventDispatcher dispatcher = start(polling(SOON), picky);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(picky.next().attempt()).isEqualTo(attempt);
    }
    push(2);
    assertThat(size(picky.next())).isEqualTo(2);
    get(dispatcher.stop());
    String sql = "SELECT error, attempts FROM delivery WHERE dead = TRUE";
    assertThat(get(database().query(sql, row -> row.string("error")))).hasSize(1);
    assertThat(get(database().query(sql, row -> row.number("attempts")))).containsExactly(3L);
    assertThat(get(database().query(sql, row -> row.string("error").length())))
        .containsExactly(500);
  }

  @Test
  void letsAConsumerThatHangsHoldUpNobodyElse() throws InterruptedException {
    Promise<Void> hanging = Promise.promise();
    RecordingConsumer stuck = new RecordingConsumer("stuck", delivery -> hanging.future());
    RecordingConsumer audit = new RecordingConsumer("audit");
    EventOptions impatient =
        new EventOptions(
            SOON, Duration.ofMillis(50), Duration.ofSeconds(10), 2, Duration.ofMillis(1), SOON);
    push(1);
    EventDispatcher dispatcher = start(impatient, stuck, audit);
    audit.next();
    assertThat(stuck.next().attempt()).isEqualTo(1);
    assertThat(stuck.next().attempt()).isEqualTo(2);
    get(dispatcher.stop());
    assertThat(count("delivery WHERE dead = TRUE AND error LIKE '%Timeout%'")).isEqualTo(1);
  }

  @Test
  void deliversManyAtOnce() throws InterruptedException {
    RecordingConsumer audit = new RecordingConsumer("audit");
    for (int i = 0; i < EventRelay.BATCH + 30; i++) {
      push(i);
    }
    start(polling(NEVER), audit);
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < EventRelay.BATCH + 30; i++) {
      sizes.add(size(audit.next()));
    }
    assertThat(sizes).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void letsAConsumerTakeEventsInTheTransactionAndDeliversTheRest() throws InterruptedException {
    TakingConsumer notes = new TakingConsumer("notes", event -> size(event) != 2);
    push(1);
    push(2);
    push(3);
    EventDispatcher dispatcher = start(polling(NEVER), notes);
    assertThat(size(notes.delivered.next())).isEqualTo(2);
    get(dispatcher.stop());
    assertThat(notes.taken).extracting(EventDispatcherTest::size).containsExactly(1L, 3L);
    assertThat(get(database().query("SELECT v FROM notes ORDER BY v", row -> row.number("v"))))
        .containsExactly(1L, 3L);
    assertThat(count("outbox")).isZero();
    assertThat(count("delivery")).isZero();
    assertThat(notes.delivered.isEmpty()).isTrue();
  }

  @Test
  void deliversWhatAConsumerFailedToTake() throws InterruptedException {
    TakingConsumer notes = new TakingConsumer("notes", event -> true);
    RecordingConsumer beside = new RecordingConsumer("beside");
    get(database().update("INSERT INTO notes (v) VALUES (2)"));
    push(1);
    push(2);
    EventDispatcher dispatcher = start(polling(NEVER), notes, beside);
    assertThat(size(notes.delivered.next())).isEqualTo(1);
    assertThat(size(notes.delivered.next())).isEqualTo(2);
    assertThat(size(beside.next())).isEqualTo(1);
    assertThat(size(beside.next())).isEqualTo(2);
    get(dispatcher.stop());
    assertThat(notes.taken).as("what was rolled back").isEmpty();
    assertThat(get(database().query("SELECT v FROM notes", row -> row.number("v"))))
        .containsExactly(2L);
  }

  @Test
  void spreadsAndBoundsItsDelays() {
    EventOptions options = EventOptions.standard();
    Random random = new Random(1);
    assertThat(options.delayAfter(1, random).toMillis()).isBetween(750L, 1250L);
    assertThat(options.delayAfter(4, random).toMillis()).isBetween(6000L, 10_000L);
    assertThat(options.delayAfter(1000, random)).isLessThan(Duration.ofMinutes(76));
    assertThatThrownBy(() -> new EventOptions(SOON, NEVER, NEVER, 1, SOON, SOON))
        .hasMessageContaining("lease PT1H");
  }
}
