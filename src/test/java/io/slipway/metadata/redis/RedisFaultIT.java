package io.slipway.metadata.redis;

import static io.slipway.metadata.redis.RedisFixture.digest;
import static io.slipway.metadata.redis.RedisFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.RedisServer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What a Redis that is down, silent, slow, full or no Redis costs. */
@OneProfile("of Redis, without a registry")
class RedisFaultIT {
  private static final String TEXT = "{\"a\":1}";
  private static final int MANY = 1000;

  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RedisFixture connect(String... settings) {
    return new RedisFixture("redis://" + server.host(), settings);
  }

  @Test
  void downAtTheStartItIsUsedAsSoonAsItIsThere() {
    server.kill();
    try (RedisFixture redis = connect()) {
      assertThat(millis(() -> findMany(redis))).isLessThan(2000);
      assertThat(redis.reads("skipped")).isEqualTo(MANY);
      server.startAgain();
      redis.awaitUp().remember(TEXT);
      assertThat(redis.find(TEXT)).contains(TEXT);
    }
  }

  @Test
  void killedItIsUsedAgainAfterItsStart() {
    try (RedisFixture redis = connect().awaitUp()) {
      redis.remember(TEXT);
      List<Future<Optional<Buffer>>> underWay = find(redis);
      server.kill();
      get(Future.all(underWay));
      redis.awaitDown();
      assertThat(redis.find(TEXT)).isEmpty();
      server.startAgain();
      redis.awaitUp();
      assertThat(redis.find(TEXT)).isEmpty();
      assertThat(redis.reads("miss")).isEqualTo(1);
    }
  }

  @Test
  void hungItIsWaitedForOnce() {
    try (RedisFixture redis = connect("timeout", "300ms").awaitUp()) {
      redis.remember(TEXT);
      server.signal("STOP");
      assertThat(millis(() -> findMany(redis))).isBetween(300L, 3000L);
      long paid = redis.reads("timeout");
      assertThat(paid).isBetween(1L, 256L);
      assertThat(paid + redis.reads("skipped")).isEqualTo(MANY);
      assertThat(millis(() -> findMany(redis))).isLessThan(1500);
      assertThat(redis.reads("timeout")).isEqualTo(paid);
      server.signal("CONT");
      redis.awaitUp();
      assertThat(redis.find(TEXT)).contains(TEXT);
      // Each attempt meanwhile was taken by the kernel on its behalf.
      try (Jedis operator = server.client()) {
        Eventually.happens(
            "one connection is left, and the operator's",
            () -> operator.clientList().lines().count() == 2);
      }
    }
  }

  @Test
  void writesThatItDoesNotTakeAreLeftOut() {
    try (RedisFixture redis = connect().awaitUp()) {
      server.signal("STOP");
      String large = "x".repeat(100_000);
      for (int i = 0; i < MANY; i++) {
        redis.bytes.remember(digest(large + i), Buffer.buffer(large + i));
      }
      // 4 MiB are 41 of them.
      assertThat(redis.writes("skipped")).isGreaterThanOrEqualTo(MANY - 41);
      Eventually.happens(
          "the others are given up",
          () -> redis.writes("skipped") + redis.writes("timeout") == MANY);
      server.signal("CONT");
      redis.awaitUp().remember(TEXT);
      assertThat(redis.writes("stored")).isEqualTo(1);
    }
  }

  @Test
  void pausedItIsLeftAloneUntilItAnswers() {
    try (RedisFixture redis = connect().awaitUp();
        Jedis operator = server.client()) {
      redis.remember(TEXT);
      operator.clientPause(1500);
      assertThat(redis.find(TEXT)).isEmpty();
      assertThat(redis.reads("timeout")).isEqualTo(1);
      assertThat(redis.isUp()).isFalse();
      redis.awaitUp();
      assertThat(redis.find(TEXT)).contains(TEXT);
    }
  }

  @Test
  void fullItStillAnswers() {
    server.close();
    server = RedisServer.start("maxmemory 1mb", "maxmemory-policy noeviction");
    try (RedisFixture redis = connect().awaitUp()) {
      // An empty server takes nearly that much for itself.
      for (int i = 0; i < 10; i++) {
        redis.remember("x".repeat(200_000) + i);
      }
      assertThat(redis.writes("error")).isGreaterThanOrEqualTo(5);
      assertThat(redis.find(TEXT)).isEmpty();
      assertThat(redis.reads("miss")).isEqualTo(1);
      assertThat(redis.isUp()).isTrue();
    }
  }

  @Test
  void loadingOrReplicatingItIsNotUsed() {
    try (RedisFixture redis = connect().awaitUp();
        Jedis operator = server.client()) {
      operator.configSet("replica-serve-stale-data", "no");
      operator.slaveof("127.0.0.1", 1);
      assertThat(redis.find(TEXT)).isEmpty();
      assertThat(redis.reads("error")).isEqualTo(1);
      redis.awaitDown();
      operator.slaveofNoOne();
      redis.awaitUp();
    }
  }

  @Test
  void somethingElseThereIsNoHarm() {
    try (RedisFixture redis = connect()) {
      redis.awaitUp();
      NetServer web =
          redis
              .vertx
              .createNetServer()
              .connectHandler(
                  socket ->
                      socket.handler(
                          ignored -> socket.write("HTTP/1.1 400 Bad Request\r\n\r\n<html>\r\n")));
      get(web.listen(0, "127.0.0.1"));
      try (RedisFixture wrong = new RedisFixture("redis://127.0.0.1:" + web.actualPort())) {
        assertThat(wrong.find(TEXT)).isEmpty();
        assertThat(wrong.isUp()).isFalse();
      }
    }
  }

  private static List<Future<Optional<Buffer>>> find(RedisFixture redis) {
    List<Future<Optional<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      all.add(redis.bytes.find(digest(TEXT), TEXT.length()));
    }
    return all;
  }

  private static void findMany(RedisFixture redis) {
    assertThat(get(Future.all(find(redis))).<Optional<Buffer>>list()).allMatch(Optional::isEmpty);
  }

  private static long millis(Runnable action) {
    long start = System.nanoTime();
    action.run();
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }
}
