package io.slipway.server.cluster;

import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.MapEvent;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other nodes again where this one listens, and for what, when what told them was lost.
 * Vert.x does that when a node leaves, and after a merge, but not when its maps are emptied: the
 * nodes would hear no message any more that needs a new connection or a new consumer.
 *
 * <p>Works on a thread of its own until its Vert.x closes; nobody waits for it.
 */
final class LostRegistrations {
  static final String NODES = "__vertx.nodeInfo";
  static final String CONSUMERS = "__vertx.subs";

  private static final Logger LOG = LoggerFactory.getLogger(LostRegistrations.class);

  private final HazelcastClusterManager manager;
  private final WorkerExecutor worker;
  private final AtomicBoolean due = new AtomicBoolean();

  /** Watches the maps of a manager whose Vert.x has joined. */
  LostRegistrations(Vertx vertx, HazelcastClusterManager manager) {
    this.manager = manager;
    this.worker = vertx.createSharedWorkerExecutor("slipway-registrations", 1);
    var ignored =
        worker
            .executeBlocking(this::watch)
            .onFailure(
                cause -> LOG.warn("tried to watch what other nodes know of this one but", cause));
  }

  private boolean watch() {
    HazelcastInstance hazelcast = manager.getHazelcastInstance();
    hazelcast.<String, Object>getMap(NODES).addEntryListener(new Losses(), false);
    hazelcast.<String, Object>getMultiMap(CONSUMERS).addEntryListener(new Clearances(), false);
    return true;
  }

  /** On a thread of Hazelcast, which must not wait for a map; many losses at once are one. */
  private void lost() {
    if (due.getAndSet(true)) {
      return;
    }
    var ignored =
        worker
            .executeBlocking(this::tellAgain)
            .onFailure(cause -> LOG.warn("tried to tell other nodes again of this one but", cause));
  }

  /** What the manager does after a merge is all that is to be done, and it offers nothing less. */
  private boolean tellAgain() {
    due.set(false);
    if (manager.isActive()) {
      LOG.info("what other nodes know of this one was lost, and is told again");
      manager.stateChanged(new LifecycleEvent(LifecycleState.MERGED));
    }
    return true;
  }

  /** Sees that a map was emptied. */
  private class Clearances extends EntryAdapter<String, Object> {
    @Override
    public void mapCleared(MapEvent event) {
      lost();
    }
  }

  /** Sees also that somebody removed what this node told: another that took it for dead. */
  private final class Losses extends Clearances {
    @Override
    public void entryRemoved(EntryEvent<String, Object> event) {
      if (manager.getNodeId().equals(event.getKey())) {
        lost();
      }
    }
  }
}
