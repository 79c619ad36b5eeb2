package io.slipway.event;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
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

  private void push(Database database) {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
    get(
        database.transaction(
            transaction -> {
              List<Future<Void>> all = new ArrayList<>();
              for (int i = 0; i < EVENTS; i++) {
                all.add(
                    Outbox.append(
                        transaction,
                        new Event.BlobPushed(
                            RepositoryName.parse("app"), Actor.named("ann"), digest, i, true)));
              }
              return Future.all(all).map(true);
            }));
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
}
