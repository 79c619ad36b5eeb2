package io.slipway.clients.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.oci.Digest;
import io.slipway.testing.RedisServer;
import java.util.Arrays;
import java.util.function.Function;
import redis.clients.jedis.Jedis;

/** The memory of a Redis that makes no room by itself, as its operator sees it. */
record RedisStore(RedisServer server) implements Store {
  private static final String ALL = "slipway:manifest:*";

  /** Starts a Redis. */
  static RedisStore start() {
    return new RedisStore(RedisServer.start("maxmemory-policy noeviction"));
  }

  private <T> T ask(Function<Jedis, T> question) {
    try (Jedis operator = server.client()) {
      return question.apply(operator);
    }
  }

  /** Tells whether it has a manifest, byte for byte. */
  boolean has(byte[] manifest, Digest digest) {
    byte[] key = ALL.replace("*", digest.text()).getBytes(UTF_8);
    return Arrays.equals(ask(operator -> operator.get(key)), manifest);
  }

  @Override
  public void fill() {
    ask(operator -> operator.configSet("maxmemory", "1"));
  }

  @Override
  public void release() {
    ask(operator -> operator.configSet("maxmemory", "0"));
  }

  @Override
  public void spoil() {
    ask(
        operator -> {
          operator.keys(ALL).forEach(key -> operator.setrange(key, 1, "\0"));
          return true;
        });
  }
}
