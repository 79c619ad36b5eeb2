package io.slipway.server.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.metadata.Uploads;
import io.slipway.runtime.BusRefusals;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxBootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as one of the nodes of a cluster; thread-safe. It leaves when its Vert.x closes. */
public final class ClusterNode {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final UploadBoard uploads;
  private volatile boolean merging;

  private ClusterNode(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.uploads = new UploadBoard(vertx, hazelcast);
    hazelcast.getLifecycleService().addLifecycleListener(event -> stateChanged(event.getState()));
  }

  /**
   * Joins the others, or waits for them when it is the first.
   *
   * @param bootstrap of a Vert.x that was not made yet
   * @return fails with a sentence, and nothing is left running, when it cannot join, or listen
   */
  public static Future<ClusterNode> join(ClusterConfig config, VertxBootstrap bootstrap) {
    ToldRegistrations hazelcast;
    long begun = System.nanoTime();
    try {
      InetAddress address = PrivateAddress.find(config.host());
      bootstrap.options().setEventBusOptions(ClusterBus.options(config, address));
      hazelcast = new ToldRegistrations(HazelcastSettings.of(config, address));
    } catch (IOException | IllegalStateException e) {
      return Future.failedFuture(e);
    }
    return bootstrap
        .clusterManager(hazelcast)
        .init()
        .clusteredVertx()
        .map(vertx -> new ClusterNode(vertx, hazelcast.getHazelcastInstance()))
        .onSuccess(node -> new LostRegistrations(node.vertx, hazelcast))
        .onSuccess(node -> node.tellMembers(config.name(), System.nanoTime() - begun))
        .recover(cause -> Future.failedFuture(failure(config, cause)));
  }

  private static IllegalStateException failure(ClusterConfig config, Throwable cause) {
    return new IllegalStateException(
        "tried to join the cluster "
            + config.name()
            + " on "
            + config.host()
            + ", ports "
            + config.port()
            + " and "
            + config.busPort()
            + ", but "
            + (cause.getMessage() == null ? cause : cause.getMessage()),
        cause);
  }

  private void tellMembers(String name, long nanos) {
    LOG.info(
        "joined the cluster {} in {} ms; it has {} nodes now",
        name,
        Duration.ofNanos(nanos).toMillis(),
        members());
  }

  private void stateChanged(LifecycleState state) {
    merging = state == LifecycleState.MERGING;
    LOG.info("this node is {} in the cluster", state);
  }

  public Vertx vertx() {
    return vertx;
  }

  /** Returns how many nodes there are, as far as this one knows. */
  public int members() {
    return isRunning() ? hazelcast.getCluster().getMembers().size() : 0;
  }

  private boolean isRunning() {
    return hazelcast.getLifecycleService().isRunning();
  }

  /** Returns the name by which the others know this node now; empty text when none does. */
  public String member() {
    return !isRunning() ? "" : hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  /**
   * Has others told, by the name of the member, of each node that is not heard of any more: it may
   * be dead, or cut off, or this one is.
   *
   * @param listener called on an event loop; what it fails with is logged
   */
  public void onGone(Function<String, Future<?>> listener) {
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {}

              @Override
              public void memberRemoved(MembershipEvent event) {
                String member = event.getMember().getUuid().toString();
                vertx.runOnContext(
                    ignored ->
                        listener
                            .apply(member)
                            .onFailure(
                                cause ->
                                    LOG.debug(
                                        "tried to take over from {} but {}",
                                        member,
                                        cause.toString())));
              }
            });
  }

  /** Fails while this node is on its way into the cluster, or out of it. */
  public Future<Void> check() {
    if (merging) {
      return Future.failedFuture("the node is joining the cluster again");
    }
    return isRunning()
        ? Future.succeededFuture()
        : Future.failedFuture("the node is not in the cluster");
  }

  UploadBoard board() {
    return uploads;
  }

  /** Returns sessions that others can see the progress of. */
  public Uploads told(Uploads uploads, String node) {
    return new ToldUploads(uploads, this.uploads, node);
  }

  /** Registers the cluster's numbers. */
  public void observe(MeterRegistry meters) {
    Gauge.builder("slipway.cluster.members", this, ClusterNode::members)
        .description("Nodes of the cluster, as far as this one knows")
        .strongReference(true)
        .register(meters);
    Gauge.builder("slipway.cluster.uploads", uploads, UploadBoard::size)
        .description("Open uploads that nodes told of")
        .strongReference(true)
        .register(meters);
    FunctionCounter.builder(
            "slipway.cluster.messages.refused", BusRefusals.of(vertx), BusRefusals::count)
        .description("Messages that this node did not understand")
        .register(meters);
    Counter sent = messages(meters, "sent");
    Counter received = messages(meters, "received");
    vertx
        .eventBus()
        .addOutboundInterceptor(
            delivery -> {
              sent.increment();
              delivery.next();
            })
        .addInboundInterceptor(
            delivery -> {
              received.increment();
              delivery.next();
            });
  }

  private static Counter messages(MeterRegistry meters, String direction) {
    return Objects.requireNonNull(
        Counter.builder("slipway.cluster.messages")
            .description("Messages on the event bus")
            .tag("direction", direction)
            .register(meters));
  }
}
