package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.RedisServer;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A registry whose Redis comes and goes while it is asked for manifests. */
@OneProfile("of a PostgreSQL and a Redis that the test has for itself")
class RedisIT {
  private static final String TYPE = "application/vnd.oci.image.index.v1+json";
  private static final int MANIFESTS = 20;
  private static final int CLIENTS = 4;

  @TempDir Path data;

  private final RedisServer server = RedisServer.start();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger answers = new AtomicInteger();
  private volatile boolean done;
  private TestRegistry registry;

  @BeforeEach
  void startRegistry() {
    PostgresServer postgres = PostgresServer.shared();
    registry =
        TestRegistry.start(
            data,
            "database.url",
            postgres.text(postgres.createDatabase().database()),
            "storage.cache.type",
            "redis",
            "storage.cache.redis_url",
            "redis://" + server.host(),
            // Each pull goes past it.
            "cache.manifests",
            "0",
            "ops.port",
            "0");
    for (int i = 0; i < MANIFESTS; i++) {
      assertThat(
              registry
                  .send("PUT", "/v2/app/manifests/v" + i, content(i), "Content-Type", TYPE)
                  .statusCode())
          .isEqualTo(201);
    }
  }

  @AfterEach
  void stop() {
    registry.close();
    server.close();
  }

  private static byte[] content(int number) {
    String text =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + TYPE
            + "\",\"manifests\":[],\"annotations\":{\"n\":\""
            + number
            + "\"}}";
    return text.getBytes(UTF_8);
  }

  private static String key(int number) {
    return "slipway:manifest:" + Digest.of(DigestAlgorithm.SHA256, content(number));
  }

  private long told(String sample) {
    String text =
        new String(registry.send("GET", registry.opsUri("/metrics").toString()).body(), UTF_8);
    return text.lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(sample.length() + 1)))
        .sum();
  }

  private boolean isUp() {
    return told("slipway_redis_up") == 1;
  }

  private long hits() {
    return told("slipway_redis_reads_total{outcome=\"hit\"}");
  }

  private void pull(int number) {
    HttpResponse<byte[]> answer = registry.send("GET", "/v2/app/manifests/v" + number);
    if (answer.statusCode() != 200
        || !new String(answer.body(), UTF_8).equals(new String(content(number), UTF_8))) {
      failures.add(answer.statusCode() + " " + new String(answer.body(), UTF_8));
    }
    answers.incrementAndGet();
  }

  private void awaitAnswers(int more) {
    int wanted = answers.get() + more;
    Eventually.happens("pulls go on", () -> answers.get() >= wanted);
  }

  @Test
  void pullsGoOnWhateverBecomesOfRedis() throws InterruptedException {
    Eventually.happens("Redis is used", this::isUp);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int first = i;
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = first; !done; n++) {
                      pull(n % MANIFESTS);
                    }
                  }));
    }
    Eventually.happens("manifests come from Redis", () -> hits() > 100);
    server.kill();
    awaitAnswers(200);
    server.startAgain();
    Eventually.happens("Redis is used again", this::isUp);
    long before = hits();
    Eventually.happens("manifests come from Redis again", () -> hits() > before + 100);
    server.signal("STOP");
    awaitAnswers(200);
    assertThat(isUp()).isFalse();
    assertThat(registry.send("GET", registry.opsUri("/readyz").toString()).statusCode())
        .isEqualTo(200);
    server.signal("CONT");
    Eventually.happens("Redis is used after its pause", this::isUp);
    try (Jedis operator = server.client()) {
      for (int i = 0; i < MANIFESTS; i++) {
        operator.set(key(i), "rubbish");
      }
      Eventually.happens(
          "every key is repaired",
          () ->
              new String(content(3), UTF_8).equals(operator.get(key(3)))
                  && operator.ttl(key(3)) > 0);
    }
    done = true;
    for (Thread client : clients) {
      client.join();
    }
    assertThat(failures).isEmpty();
    assertThat(told("slipway_redis_reads_total{outcome=\"wrong\"}")).isPositive();
    assertThat(told("slipway_redis_reads_total{outcome=\"timeout\"}"))
        .isBetween(1L, (long) CLIENTS);
  }

  @Test
  void startsWithoutRedis() {
    server.kill();
    registry.restart();
    pull(1);
    assertThat(failures).isEmpty();
    assertThat(isUp()).isFalse();
    server.startAgain();
    Eventually.happens("Redis is used", this::isUp);
    pull(1);
    pull(1);
    Eventually.happens(
        "it comes from Redis",
        () -> {
          pull(1);
          return hits() > 0;
        });
    assertThat(failures).isEmpty();
  }
}
