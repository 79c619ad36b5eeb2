package io.slipway.server.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.multimap.MultiMap;
import io.vertx.core.Completable;
import io.vertx.core.Promise;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells other nodes of this one, as Vert.x wants it, and knows what it told. Thread-safe. */
class ToldRegistrations extends HazelcastClusterManager {
  static final String NODES = "__vertx.nodeInfo";
  static final String CONSUMERS = "__vertx.subs";

  private final Set<Consumer> told = ConcurrentHashMap.newKeySet();

  /** Somebody who listens on this node. */
  private record Consumer(String address, RegistrationInfo registration) {
    boolean isIn(MultiMap<String, Object> consumers) {
      return consumers.containsEntry(address, new HazelcastRegistrationInfo(registration));
    }
  }

  ToldRegistrations(Config config) {
    super(config);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    Promise<Void> added = Promise.promise();
    added
        .future()
        .onSuccess(ignored -> remember(new Consumer(address, registration)))
        .onComplete(promise);
    super.addRegistration(address, registration, added);
  }

  private void remember(Consumer consumer) {
    if (!consumer.registration().localOnly()) {
      told.add(consumer);
    }
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    told.remove(new Consumer(address, registration));
    super.removeRegistration(address, registration, promise);
  }

  /**
   * Tells whether the others can read all of it; blocks, as long as Hazelcast does, and fails as
   * that does.
   */
  boolean isTold() {
    HazelcastInstance hazelcast = getHazelcastInstance();
    MultiMap<String, Object> consumers = hazelcast.getMultiMap(CONSUMERS);
    return hazelcast.getMap(NODES).containsKey(getNodeId())
        && told.stream().allMatch(consumer -> consumer.isIn(consumers));
  }

  /**
   * Tells all of it again, blocks and fails as {@link #isTold} does; consumers are told behind it,
   * on a thread of Vert.x. What that does after a merge is all that is to be done, and it offers
   * nothing less.
   */
  void tellAgain() {
    stateChanged(new LifecycleEvent(LifecycleState.MERGED));
  }
}
