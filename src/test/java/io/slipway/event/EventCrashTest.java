package io.slipway.event;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is left of an event when the process ends at each of its steps. */
final class EventCrashTest {
  private static final String NODE = "n1";
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(20);
  private static final EventOptions OPTIONS =
      new EventOptions(SOON, Duration.ofMillis(100), Duration.ofMillis(200), 3, SOON, SOON);

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private final RecordingConsumer audit = new RecordingConsumer("audit");

  @BeforeEach
  void commitOneEvent() {
    Database database = sqlite.database();
    get(Migrations.bundled().apply(database));
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
    Event event = new Event.BlobDeleted(RepositoryName.parse("app"), Actor.named("ann"), digest);
    get(database.transaction(transaction -> Outbox.append(transaction, event).map(true)));
  }

  private EventDelivery deliverAfterRestart() throws InterruptedException {
    Database database = sqlite.reopen();
    EventDispatcher dispatcher =
        new EventDispatcher(sqlite.vertx(), database, NODE, List.of(audit), OPTIONS);
    dispatcher.start();
    EventDelivery delivery = audit.next();
    get(dispatcher.stop());
    String sql = "SELECT count(*) AS n FROM delivery";
    assertThat(get(database.first(sql, row -> row.number("n")))).contains(0L);
    return delivery;
  }

  @Test
  void beforeTheRelay() throws InterruptedException {
    assertThat(deliverAfterRestart().type()).isEqualTo("blob.deleted");
  }

  @Test
  void betweenRelayAndDelivery() throws InterruptedException {
    EventRelay relay = new EventRelay(sqlite.database(), List.of(audit));
    assertThat(get(relay.relay())).isEqualTo(new EventRelay.Relayed(1, 1));
    assertThat(get(relay.relay())).isEqualTo(new EventRelay.Relayed(0, 0));
    assertThat(deliverAfterRestart().attempt()).isEqualTo(1);
  }

  @Test
  void whileTheConsumerWorks() throws InterruptedException {
    get(new EventRelay(sqlite.database(), List.of(audit)).relay());
    DeliveryQueue queue = new DeliveryQueue(sqlite.database(), "audit", NODE, OPTIONS);
    EventDelivery taken = get(queue.take(10)).getFirst();
    assertThat(get(queue.take(10))).isEmpty();
    EventDelivery again = deliverAfterRestart();
    assertThat(again.eventId()).isEqualTo(taken.eventId());
    assertThat(again.attempt()).isEqualTo(2);
  }

  @Test
  void whileTheConsumerWorksInTheOnlyProcess() {
    Duration lease = Duration.ofMinutes(1);
    EventOptions patient = new EventOptions(SOON, SOON, lease, 3, SOON, SOON);
    get(new EventRelay(sqlite.database(), List.of(audit)).relay());
    DeliveryQueue queue = new DeliveryQueue(sqlite.database(), "audit", NODE, patient);
    assertThat(get(queue.take(10))).hasSize(1);
    assertThat(get(queue.take(10))).isEmpty();
    assertThat(get(new EventRecovery(sqlite.reopen()).ofAll())).isEqualTo(1);
    DeliveryQueue later = new DeliveryQueue(sqlite.database(), "audit", NODE, patient);
    assertThat(get(later.take(10))).singleElement().returns(2, EventDelivery::attempt);
  }

  @Test
  void givesFreeWhatADeadNodeWasAt() {
    EventOptions patient =
        new EventOptions(SOON, SOON, Duration.ofMinutes(1), 3, Duration.ofMinutes(1), NEVER);
    Database database = sqlite.database();
    get(new EventRelay(database, List.of(audit, new RecordingConsumer("copies"))).relay());
    DeliveryQueue dead = new DeliveryQueue(database, "audit", NODE, patient);
    DeliveryQueue living = new DeliveryQueue(database, "copies", "n2", patient);
    DeliveryQueue other = new DeliveryQueue(database, "audit", "n2", patient);
    EventDelivery lost = get(dead.take(1)).getFirst();
    assertThat(get(living.take(1))).hasSize(1);
    EventRecovery recovery = new EventRecovery(database);

    assertThat(get(recovery.ofNode(NODE))).isEqualTo(1);

    EventDelivery again = get(other.take(1)).getFirst();
    assertThat(again.attempt()).isEqualTo(2);
    get(dead.done(lost));
    get(dead.failed(lost, new IllegalStateException("it lived")));
    assertThat(get(other.take(1))).as("the fence holds").isEmpty();
    get(other.failed(again, new IllegalStateException("refused")));
    assertThat(get(recovery.ofNode("n2"))).as("none that waits for its next attempt").isEqualTo(1);
    assertThat(get(other.take(1))).isEmpty();
  }

  @Test
  void givesFreeWhatAMemberWasAt() {
    Database database = sqlite.database();
    get(new EventRelay(database, List.of(audit)).relay());
    get(database.update("INSERT INTO node (id, host, member, seen_at) VALUES ('n1', 'h', 'm', 0)"));
    DeliveryQueue dead = new DeliveryQueue(database, "audit", NODE, EventOptions.standard());
    assertThat(get(dead.take(1))).hasSize(1);
    EventRecovery recovery = new EventRecovery(database);
    assertThat(get(recovery.ofMember("other"))).isZero();
    assertThat(get(recovery.ofMember("m"))).isEqualTo(1);
    assertThat(get(dead.take(1))).hasSize(1);
  }

  @Test
  void changesNothingAfterItsLease() {
    get(new EventRelay(sqlite.database(), List.of(audit)).relay());
    EventOptions brief = new EventOptions(SOON, Duration.ZERO, Duration.ofMillis(1), 3, SOON, SOON);
    DeliveryQueue queue = new DeliveryQueue(sqlite.database(), "audit", NODE, brief);
    EventDelivery slow = get(queue.take(1)).getFirst();
    EventDelivery current = slow;
    while (current.attempt() == 1) {
      current = get(queue.take(1)).stream().findFirst().orElse(current);
    }
    get(queue.done(slow));
    get(queue.failed(slow, new IllegalStateException("late")));
    String sql = "SELECT attempts, error FROM delivery";
    assertThat(get(sqlite.database().query(sql, row -> row.stringOrNull("error") == null)))
        .containsExactly(true);
    get(queue.done(current));
    assertThat(get(sqlite.database().query(sql, row -> true))).isEmpty();
  }
}
