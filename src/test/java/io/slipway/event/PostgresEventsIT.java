package io.slipway.event;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.database.Transaction;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Relays and consumers of several nodes on one database. */
@OneProfile("of PostgreSQL, without a registry")
final class PostgresEventsIT {
  private static final int EVENTS = 1500;

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  private static void push(Database database) {
    get(
        database.transaction(
            transaction -> {
              List<Future<Void>> all = new ArrayList<>();
              for (int i = 0; i < EVENTS; i++) {
                all.add(append(transaction, i));
              }
              return Future.all(all).map(true);
            }));
  }

  private static Future<Void> append(Transaction transaction, int size) {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
    return Outbox.append(
        transaction,
        new Event.BlobPushed(RepositoryName.parse("app"), Actor.named("ann"), digest, size, true));
  }

  private static Future<Integer> relayAll(EventRelay relay, List<Integer> batches) {
    return relay
        .relay()
        .compose(
            relayed -> {
              batches.add(relayed.events());
              return relayed.events() == 0 ? Future.succeededFuture(0) : relayAll(relay, batches);
            });
  }

  private static Future<Integer> takeAll(DeliveryQueue queue, List<Long> taken) {
    return queue
        .take(16)
        .compose(
            found -> {
              found.forEach(delivery -> taken.add(((Event.BlobPushed) delivery.event()).size()));
              Future<?> done = Future.all(found.stream().map(queue::done).toList()).mapEmpty();
              return found.isEmpty() ? done.map(0) : done.compose(ignored -> takeAll(queue, taken));
            });
  }

  @Test
  void handlesEachEventOnceOnAllNodesTogether() {
    Database first = postgres.database();
    get(Migrations.bundled().apply(first));
    push(first);
    List<Integer> batches = new CopyOnWriteArrayList<>();
    List<Long> taken = new CopyOnWriteArrayList<>();
    List<Database> nodes = List.of(first, postgres.open(), postgres.open());
    List<Future<Integer>> relays =
        nodes.stream()
            .map(
                node ->
                    relayAll(
                        new EventRelay(node, List.of(new RecordingConsumer("audit"))), batches))
            .toList();
    relays.forEach(relay -> get(relay));
    assertThat(batches).allMatch(count -> count <= EventRelay.BATCH);
    List<Future<Integer>> consumers =
        nodes.stream()
            .map(
                node ->
                    takeAll(
                        new DeliveryQueue(node, "audit", "node", EventOptions.standard()), taken))
            .toList();
    consumers.forEach(consumer -> get(consumer));
    assertThat(taken)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, EVENTS).mapToObj(i -> (Long) (long) i).toList());
    assertThat(postgres.count("slipway.database.retries")).isZero();
  }

  /** Its id is the lower one: a relay that remembered the last id would never see it. */
  @Test
  void handlesAnEventThatIsCommittedAfterALaterOne() {
    Database slow = postgres.database();
    get(Migrations.bundled().apply(slow));
    Promise<Boolean> appended = Promise.promise();
    Promise<Boolean> committing = Promise.promise();
    Future<Boolean> first =
        slow.transaction(
            transaction ->
                append(transaction, 1)
                    .compose(
                        ignored -> {
                          appended.complete(true);
                          return committing.future();
                        }));
    get(appended.future());
    Database fast = postgres.open();
    get(fast.transaction(transaction -> append(transaction, 2).map(true)));
    EventRelay relay = new EventRelay(fast, List.of(new RecordingConsumer("audit")));
    assertThat(get(relay.relay()).events()).as("the later one, which is committed").isEqualTo(1);
    committing.complete(true);
    get(first);
    assertThat(get(relay.relay()).events()).as("the one before it").isEqualTo(1);
    List<Long> taken = new CopyOnWriteArrayList<>();
    get(takeAll(new DeliveryQueue(fast, "audit", "node", EventOptions.standard()), taken));
    assertThat(taken).containsExactlyInAnyOrder(2L, 1L);
  }
}
