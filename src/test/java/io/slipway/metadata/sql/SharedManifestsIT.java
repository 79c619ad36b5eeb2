package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.metadata.ManifestBytes;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.metadata.StoredManifest;
import io.slipway.metadata.cache.SharedManifests;
import io.slipway.metadata.redis.RedisManifestBytes;
import io.slipway.oci.Reference;
import io.slipway.oci.Tag;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.TlsFiles;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.slipway.testing.RedisServer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Jedis;

/** Two nodes on one PostgreSQL and one Redis. */
@OneProfile("of Redis, without a registry")
final class SharedManifestsIT implements MetadataContract {
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 2000 : 100;
  private static final int READERS = 8;
  private static final Tag TAG = new Tag("latest");
  private static final Tag CHANGED = new Tag("changed");

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  private final RedisServer server = RedisServer.shared();
  private final List<ManifestBytes> opened = new ArrayList<>();
  private final List<SimpleMeterRegistry> meters = new ArrayList<>();

  @Override
  public Database database() {
    return postgres.database();
  }

  @BeforeEach
  void flush() {
    try (Jedis operator = server.client()) {
      operator.flushAll();
    }
  }

  @AfterEach
  void close() {
    opened.forEach(bytes -> get(bytes.close()));
  }

  private SharedManifests node(Database database) {
    RedisConfig config =
        new RedisConfig(
            null,
            null,
            null,
            true,
            new TlsFiles(null, null),
            Duration.ofSeconds(2),
            Duration.ofHours(1),
            DataSize.ofMebibytes(1));
    SimpleMeterRegistry own = new SimpleMeterRegistry();
    meters.add(own);
    ManifestBytes bytes =
        RedisManifestBytes.open(
            postgres.vertx(), RedisUrl.parse("redis://" + server.host()), config, own);
    opened.add(bytes);
    Eventually.happens("Redis is used", () -> own.get("slipway.redis.up").gauge().value() == 1);
    return new SharedManifests(new SqlManifests(database), bytes, 1 << 20);
  }

  private static String text(SharedManifests node, Reference reference) {
    return get(node.find(APP, reference))
        .map(found -> found.content().toString(UTF_8))
        .orElse("none");
  }

  private void awaitStored(int keys) {
    try (Jedis operator = server.client()) {
      Eventually.happens("it is in Redis", () -> operator.dbSize() == keys);
    }
  }

  @Test
  void bytesComeFromTheDatabaseOnce() {
    ManifestPush push = manifest("first").tags("latest").build();
    SharedManifests one = node(database());
    get(one.put(push));
    assertThat(text(one, TAG)).isEqualTo("first");
    awaitStored(1);
    // A database would not do that; it shows who was asked.
    get(database().update("UPDATE manifest SET content = $1", "other".getBytes(UTF_8)));
    SharedManifests other = node(postgres.open());
    double before = postgres.count("slipway.database.reads");
    assertThat(text(other, push.digest())).isEqualTo("first");
    assertThat(text(other, TAG)).isEqualTo("first");
    assertThat(text(one, TAG)).isEqualTo("first");
    assertThat(postgres.count("slipway.database.reads") - before).isEqualTo(3);
    assertThat(meters)
        .extracting(own -> own.counter("slipway.redis.reads", "outcome", "hit").count())
        .containsExactly(0.0, 1.0);
    try (Jedis operator = server.client()) {
      operator.flushAll();
    }
    assertThat(text(node(database()), TAG)).as("its bytes are not right").isEqualTo("none");
  }

  @Test
  void whatIsFoundIsWhatTheStoreSays() {
    SharedManifests one = node(database());
    get(one.put(manifest("first").tags("latest").build()));
    StoredManifest stored = get(manifests().find(APP, TAG)).orElseThrow();
    assertThat(get(one.find(APP, TAG))).contains(stored);
    assertThat(get(one.find(APP, TAG))).contains(stored);
    awaitStored(1);
    assertThat(get(node(postgres.open()).find(APP, TAG))).contains(stored);
  }

  @Test
  void aManifestIsFoundOnlyWhereItIs() {
    SharedManifests one = node(database());
    ManifestPush push = manifest("first").tags("latest").build();
    get(one.put(push));
    assertThat(text(one, TAG)).isEqualTo("first");
    assertThat(get(one.find(OTHER, push.digest()))).isEmpty();
    get(one.put(manifest("first").in(OTHER).mediaType("application/x.other").build()));
    assertThat(get(one.find(OTHER, push.digest())).orElseThrow().mediaType())
        .isEqualTo("application/x.other");
  }

  @Test
  void whatOneChangesTheOtherSeesAtOnce() {
    SharedManifests one = node(database());
    SharedManifests other = node(postgres.open());
    ManifestPush first = manifest("first").tags("latest").build();
    get(one.put(first));
    assertThat(text(other, TAG)).isEqualTo("first");
    get(one.put(manifest("second").tags("latest").build()));
    assertThat(text(other, TAG)).isEqualTo("second");
    get(one.deleteTag(APP, TAG, ACTOR));
    assertThat(text(other, TAG)).isEqualTo("none");
    assertThat(text(other, first.digest())).isEqualTo("first");
    get(one.delete(APP, first.digest(), ACTOR));
    assertThat(text(other, first.digest())).isEqualTo("none");
    get(one.put(first));
    assertThat(text(other, TAG)).isEqualTo("first");
  }

  /** Each version is acknowledged before the next one; nobody may then see an older one. */
  @Test
  void noAcknowledgedPushIsSeenStale() throws InterruptedException {
    SharedManifests one = node(database());
    get(one.put(manifest("0").tags("latest", "changed").build()));
    AtomicInteger acknowledged = new AtomicInteger();
    List<String> stale = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      SharedManifests other = node(postgres.open());
      readers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    int least;
                    do {
                      least = acknowledged.get();
                      String seen = text(other, TAG);
                      boolean changed = !text(other, CHANGED).equals("none");
                      if (Integer.parseInt(seen) < least || (least == ROUNDS && changed)) {
                        synchronized (stale) {
                          stale.add(seen + " after " + least);
                        }
                      }
                    } while (least < ROUNDS);
                  }));
    }
    for (int version = 1; version <= ROUNDS; version++) {
      get(one.put(manifest(String.valueOf(version)).tags("latest", "changed").build()));
      get(one.deleteTag(APP, CHANGED, ACTOR));
      acknowledged.set(version);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(stale).isEmpty();
  }

  @Test
  void withoutTheDatabaseNothingIsFound() {
    SharedManifests one = node(database());
    ManifestPush push = manifest("first").tags("latest").build();
    get(one.put(push));
    assertThat(text(one, TAG)).isEqualTo("first");
    get(database().close());
    Future<?> late = one.find(APP, TAG);
    assertThatThrownBy(() -> get(late)).isInstanceOf(DatabaseException.class);
    assertThatThrownBy(() -> get(one.find(APP, push.digest())))
        .isInstanceOf(DatabaseException.class);
  }
}
