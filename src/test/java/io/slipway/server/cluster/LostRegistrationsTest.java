package io.slipway.server.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.slipway.runtime.TlsFiles;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import io.slipway.testing.Eventually;
import io.slipway.testing.HandTimers;
import io.slipway.testing.HandTimers.Timer;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxBootstrap;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the real maps of one node, and on timers fired by hand. */
class LostRegistrationsTest {
  private static final TlsFiles NONE = new TlsFiles(null, null);
  private static final String ADDRESS = "somewhere";

  private final HandTimers timers = new HandTimers();
  private final Stubborn manager = new Stubborn(config());
  private Vertx vertx;

  /** Hazelcast fails so often when it is told again. */
  private static final class Stubborn extends ToldRegistrations {
    final AtomicInteger failures = new AtomicInteger();

    Stubborn(Config config) {
      super(config);
    }

    @Override
    public synchronized void stateChanged(LifecycleEvent event) {
      if (event.getState() == LifecycleState.MERGED && failures.getAndDecrement() > 0) {
        throw new IllegalStateException("its partition has no owner");
      }
      super.stateChanged(event);
    }
  }

  private static Config config() {
    String name = "test-" + UUID.randomUUID();
    return HazelcastSettings.of(
        new ClusterConfig(true, name, "127.0.0.1", 0, 0, Discovery.MEMBERS, List.of(), NONE, null),
        InetAddress.ofLiteral("127.0.0.1"));
  }

  @BeforeEach
  void joins() throws Exception {
    VertxBootstrap bootstrap = VertxBootstrap.create().clusterManager(manager);
    bootstrap.options().setEventBusOptions(new EventBusOptions().setHost("127.0.0.1"));
    vertx = bootstrap.init().clusteredVertx().await(60, SECONDS);
    vertx.eventBus().consumer(ADDRESS, message -> {}).completion().await(20, SECONDS);
    var ignored = new LostRegistrations(timers.of(vertx), manager);
  }

  @AfterEach
  void leaves() throws Exception {
    vertx.close().await(60, SECONDS);
  }

  private void loseConsumers() {
    manager.getHazelcastInstance().getMultiMap(ToldRegistrations.CONSUMERS).remove(ADDRESS);
    assertThat(manager.isTold()).isFalse();
  }

  @Test
  void tellsAgainWhatWasLostUnheard() {
    Timer next = timers.next();
    assertThat(manager.isTold()).isTrue();
    assertThat(next.delay()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
    loseConsumers();
    next.fire().run();
    timers.next();
    Eventually.happens("it is told again", manager::isTold);
  }

  @Test
  void triesUntilItIsThere() {
    Timer next = timers.next();
    manager.failures.set(3);
    loseConsumers();
    for (int i = 0; i < 3; i++) {
      next.fire().run();
      next = timers.next();
      assertThat(manager.isTold()).isFalse();
    }
    next.fire().run();
    timers.next();
    Eventually.happens("it is told again", manager::isTold);
  }

  @Test
  void missesNobodyWhoListensNoMore() throws Exception {
    Timer next = timers.next();
    var consumer = vertx.eventBus().consumer("elsewhere", message -> {});
    consumer.completion().await(20, SECONDS);
    consumer.unregister().await(20, SECONDS);
    assertThat(manager.isTold()).isTrue();
    manager.failures.set(1);
    next.fire().run();
    timers.next();
    assertThat(manager.failures).hasValue(1);
  }
}
