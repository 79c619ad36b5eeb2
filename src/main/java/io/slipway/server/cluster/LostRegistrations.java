package io.slipway.server.cluster;

import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.MapEvent;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other nodes again where this one listens, and for what, when what told them was lost.
 * Vert.x does that when a node leaves, and after a merge, but not when its maps are emptied: the
 * nodes would hear no message any more that needs a new connection or a new consumer.
 *
 * <p>It looks when it sees a loss, and every few seconds: of some losses nobody hears, and what is
 * told again may be lost as well. Works on a thread of its own until its Vert.x closes; nobody
 * waits for it.
 */
final class LostRegistrations {
  /** A look asks Hazelcast for some entries, of which this node has less than ten. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(LostRegistrations.class);

  private final ToldRegistrations manager;
  private final WorkerExecutor worker;
  private final Poller poller;

  /** Watches the maps of a manager whose Vert.x has joined. */
  LostRegistrations(Vertx vertx, ToldRegistrations manager) {
    this.manager = manager;
    this.worker = vertx.createSharedWorkerExecutor("slipway-registrations", 1);
    this.poller = new Poller(vertx, "lost registrations", INTERVAL, this::look);
    var ignored =
        worker
            .executeBlocking(this::watch)
            .onFailure(
                cause -> LOG.warn("tried to watch what other nodes know of this one but", cause))
            .onComplete(watched -> poller.wake());
  }

  private boolean watch() {
    HazelcastInstance hazelcast = manager.getHazelcastInstance();
    hazelcast.<String, Object>getMap(ToldRegistrations.NODES).addEntryListener(new Losses(), false);
    hazelcast
        .<String, Object>getMultiMap(ToldRegistrations.CONSUMERS)
        .addEntryListener(new Clearances(), false);
    return true;
  }

  /** There is never more to do at once: whether it is there now, the next look sees. */
  private Future<Boolean> look() {
    return manager.isActive()
        ? worker.executeBlocking(this::tellIfLost).map(false)
        : Future.succeededFuture(false);
  }

  private boolean tellIfLost() {
    boolean lost = manager.isActive() && !manager.isTold();
    if (lost) {
      LOG.info("what other nodes know of this one was lost, and is told again");
      manager.tellAgain();
    }
    return lost;
  }

  /** Sees that a map was emptied; on a thread of Hazelcast, which must not wait for a map. */
  private class Clearances extends EntryAdapter<String, Object> {
    @Override
    public void mapCleared(MapEvent event) {
      poller.wake();
    }
  }

  /** Sees also that somebody removed what this node told: another that took it for dead. */
  private final class Losses extends Clearances {
    @Override
    public void entryRemoved(EntryEvent<String, Object> event) {
      if (manager.getNodeId().equals(event.getKey())) {
        poller.wake();
      }
    }
  }
}
