package io.slipway.metadata.redis;

import static io.slipway.metadata.redis.RedisFixture.digest;
import static io.slipway.metadata.redis.RedisFixture.get;
import static io.slipway.metadata.redis.RedisFixture.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.RedisServer;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@OneProfile("of Redis, without a registry")
class RedisManifestBytesIT {
  private static final String TEXT = "{\"a\":1}";

  private final RedisServer server = RedisServer.shared();
  private RedisFixture redis;

  @BeforeEach
  void connect() {
    try (Jedis operator = server.client()) {
      operator.flushAll();
    }
    redis = new RedisFixture("redis://" + server.host()).awaitUp();
  }

  @AfterEach
  void close() {
    redis.close();
  }

  @Test
  void oneNodeFindsWhatAnotherRemembered() {
    assertThat(redis.find(TEXT)).isEmpty();
    redis.remember(TEXT);
    try (RedisFixture other = new RedisFixture("redis://" + server.host()).awaitUp()) {
      assertThat(other.find(TEXT)).contains(TEXT);
      assertThat(other.reads("hit")).isEqualTo(1);
    }
    assertThat(redis.reads("miss")).isEqualTo(1);
    assertThat(redis.writes("stored")).isEqualTo(1);
  }

  @Test
  void everyKeyExpires() {
    redis.remember(TEXT);
    redis.remember("{}");
    try (Jedis operator = server.client()) {
      assertThat(operator.keys("*"))
          .containsExactlyInAnyOrder(key(digest(TEXT)), key(digest("{}")))
          .allSatisfy(name -> assertThat(operator.ttl(name)).isBetween(86_000L, 86_400L));
    }
  }

  @Test
  void otherBytesAreNeitherServedNorKept() {
    plantInstead("{\"a\":2}");
    assertThat(redis.find(TEXT)).isEmpty();
    assertRepaired();
  }

  @Test
  void fewerOrMoreBytesAreNeitherServedNorKept() {
    plantInstead(TEXT.substring(1));
    assertThat(redis.find(TEXT)).isEmpty();
    assertRepaired();
    plantInstead(TEXT + " ".repeat(1 << 20));
    assertThat(redis.find(TEXT)).isEmpty();
    assertThat(redis.reads("wrong")).isEqualTo(2);
  }

  @Test
  void anotherTypeIsNeitherServedNorKept() {
    try (Jedis operator = server.client()) {
      operator.lpush(key(digest(TEXT)), TEXT);
    }
    assertThat(redis.find(TEXT)).isEmpty();
    assertRepaired();
  }

  private void plantInstead(String content) {
    try (Jedis operator = server.client()) {
      operator.set(key(digest(TEXT)), content);
    }
  }

  private void assertRepaired() {
    assertThat(redis.reads("wrong")).isEqualTo(1);
    try (Jedis operator = server.client()) {
      Eventually.happens("the key is gone", () -> !operator.exists(key(digest(TEXT))));
    }
    assertThat(redis.isUp()).isTrue();
    redis.remember(TEXT);
    assertThat(redis.find(TEXT)).contains(TEXT);
  }

  @Test
  void largeOnesAreHashedToo() {
    String large = "x".repeat(200_000);
    redis.remember(large);
    assertThat(redis.find(large)).contains(large);
    try (Jedis operator = server.client()) {
      operator.setrange(key(digest(large)), 100_000, "y");
    }
    assertThat(redis.find(large)).isEmpty();
    assertThat(redis.reads("wrong")).isEqualTo(1);
  }

  @Test
  void bothAlgorithmsAreKnown() {
    byte[] content = TEXT.getBytes(UTF_8);
    Digest digest = Digest.of(DigestAlgorithm.SHA512, content);
    redis.bytes.remember(digest, Buffer.buffer(content));
    Eventually.happens("it is stored", () -> redis.writes("stored") == 1);
    assertThat(get(redis.bytes.find(digest, content.length))).contains(Buffer.buffer(content));
  }

  @Test
  void theLargestAreLeftOut() {
    try (RedisFixture small =
        new RedisFixture("redis://" + server.host(), "largest", "1KiB").awaitUp()) {
      String most = "x".repeat(1024);
      small.bytes.remember(digest(most + "x"), Buffer.buffer(most + "x"));
      small.remember(most);
      assertThat(small.find(most + "x")).isEmpty();
      assertThat(small.find(most)).contains(most);
      assertThat(small.reads("miss")).isZero();
    }
    try (Jedis operator = server.client()) {
      assertThat(operator.dbSize()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsFoundOnceItIsClosed() {
    redis.remember(TEXT);
    get(redis.bytes.close());
    assertThat(get(redis.bytes.find(digest(TEXT), TEXT.length()))).isEmpty();
    try (Jedis operator = server.client()) {
      Eventually.happens(
          "the connection has ended", () -> operator.clientList().lines().count() == 1);
    }
  }
}
