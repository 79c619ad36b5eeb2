package io.slipway.metadata.redis;

import static io.slipway.metadata.redis.RedisFixture.digest;
import static io.slipway.metadata.redis.RedisFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Several servers: sentinels that promote another one, and a cluster. */
@OneProfile("of Redis, without a registry")
class RedisServersIT {
  private static final int SLOTS = 16_384;

  private final List<RedisServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(RedisServer::close);
  }

  private RedisServer kept(RedisServer server) {
    servers.add(server);
    return server;
  }

  @Test
  void afterTheMasterIsKilledItsReplicaIsUsed() {
    RedisServer master = kept(RedisServer.start("requirepass secret", "masterauth secret"));
    RedisServer replica =
        kept(
            RedisServer.start(
                "requirepass secret", "masterauth secret", "replicaof 127.0.0.1 " + master.port()));
    RedisServer silent = kept(sentinel(master));
    List<RedisServer> sentinels = List.of(silent, kept(sentinel(master)), kept(sentinel(master)));
    for (RedisServer sentinel : sentinels) {
      awaitMasterInfo(sentinel, "num-slaves", "1");
      awaitMasterInfo(sentinel, "num-other-sentinels", "2");
    }
    String hosts = sentinels.stream().map(RedisServer::host).collect(Collectors.joining(","));
    // The one that is asked first.
    silent.signal("STOP");
    try (RedisFixture redis =
        new RedisFixture("redis-sentinel://:secret@" + hosts + "?master=main")) {
      redis.awaitUp().remember("first");
      assertThat(redis.find("first")).contains("first");
      silent.signal("CONT");
      master.kill();
      redis.awaitDown();
      awaitMasterInfo(sentinels.get(1), "port", String.valueOf(replica.port()));
      redis.awaitUp().remember("second");
      assertThat(redis.find("second")).contains("second");
      try (Jedis operator = replica.client()) {
        operator.auth("secret");
        assertThat(operator.exists(key(digest("second")))).isTrue();
      }
    }
  }

  private static RedisServer sentinel(RedisServer master) {
    return RedisServer.sentinel(
        "sentinel monitor main 127.0.0.1 " + master.port() + " 2",
        "sentinel auth-pass main secret",
        "sentinel down-after-milliseconds main 500",
        "sentinel failover-timeout main 2000");
  }

  private static void awaitMasterInfo(RedisServer sentinel, String field, String value) {
    try (Jedis operator = sentinel.client()) {
      Eventually.happens(
          field + " is " + value,
          () -> value.equals(operator.sentinelMasters().getFirst().get(field)));
    }
  }

  @Test
  void clusterHasEachKeyWhereItBelongs() {
    List<RedisServer> nodes = cluster();
    try (RedisFixture redis =
        new RedisFixture(
                "redis-cluster://slipway:secret@" + nodes.get(0).host() + "," + nodes.get(1).host(),
                "timeout",
                "1s")
            .awaitUp()) {
      for (int i = 0; i < 30; i++) {
        redis.remember("text " + i);
      }
      for (int i = 0; i < 30; i++) {
        assertThat(redis.find("text " + i)).contains("text " + i);
      }
      for (RedisServer node : nodes) {
        try (Jedis operator = node.client()) {
          assertThat(operator.keys("*"))
              .isNotEmpty()
              .allSatisfy(key -> assertThat(operator.ttl(key)).isPositive());
        }
      }
      moveSlotOf("elsewhere", nodes);
      redis.remember("elsewhere");
      assertThat(redis.find("elsewhere")).contains("elsewhere");
      assertThat(redis.reads("hit")).isEqualTo(31);
      assertThat(redis.isUp()).isTrue();
    }
  }

  private List<RedisServer> cluster() {
    for (int i = 0; i < 3; i++) {
      kept(
          RedisServer.start(
              "cluster-enabled yes",
              "cluster-node-timeout 5000",
              "user slipway on >secret ~slipway:manifest:* -@all +getrange +set +del +cluster|slots"));
    }
    for (int i = 0; i < 3; i++) {
      try (Jedis operator = servers.get(i).client()) {
        int first = SLOTS * i / 3;
        int[] slots = new int[SLOTS * (i + 1) / 3 - first];
        for (int j = 0; j < slots.length; j++) {
          slots[j] = first + j;
        }
        operator.clusterAddSlots(slots);
        operator.clusterMeet("127.0.0.1", servers.getFirst().port());
      }
    }
    for (RedisServer node : servers) {
      try (Jedis operator = node.client()) {
        Eventually.happens(
            "the nodes know each other",
            () ->
                operator.clusterInfo().contains("cluster_state:ok")
                    && operator.clusterInfo().contains("cluster_known_nodes:3"));
      }
    }
    return List.copyOf(servers);
  }

  /** Gives the slot of a text's key to another node; the client has an old map of the slots. */
  private static void moveSlotOf(String text, List<RedisServer> nodes) {
    int slot = JedisClusterCRC16.getSlot(key(digest(text)));
    int owner = 0;
    while (slot >= SLOTS * (owner + 1) / 3) {
      owner++;
    }
    String other;
    try (Jedis operator = nodes.get((owner + 1) % 3).client()) {
      other = operator.clusterMyId();
      operator.clusterSetSlotNode(slot, other);
    }
    try (Jedis operator = nodes.get(owner).client()) {
      operator.clusterSetSlotNode(slot, other);
      assertThatThrownBy(() -> operator.get(key(digest(text))))
          .hasMessageContaining("MOVED " + slot);
    }
  }
}
