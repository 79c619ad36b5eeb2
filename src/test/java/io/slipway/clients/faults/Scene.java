package io.slipway.clients.faults;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.SmallDisk;
import io.slipway.clients.faults.World.LargeBlob;
import io.slipway.database.PostgresUrl;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.FreePort;
import io.slipway.testing.MinioServer;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A registry as a process of its own, and real servers it reaches through faulty links only. */
final class Scene implements AutoCloseable {
  private static final int LARGE = 32 * UploadTrial.MEBIBYTE;
  private static final int DATABASE_MEBIBYTES = 64;

  /** What 50 faults leave there, what is deleted but not yet removed among it. */
  private static final int OBJECTS_MEBIBYTES = Boolean.getBoolean("slipway.long") ? 3072 : 1536;

  /** What is configured, and what the documentation makes of it. */
  private static final Duration CONNECT = Duration.ofSeconds(1);

  private static final Duration STATEMENT = Duration.ofSeconds(2);
  private static final Duration SILENCE = Duration.ofSeconds(1);

  /** One statement; a request that fails in the middle tries one more. */
  private static final Duration DATABASE_PATIENCE =
      CONNECT.plus(STATEMENT).plusSeconds(2).multipliedBy(2);

  /** Four tries and the pauses between them; what ends an upload asks twice. */
  private static final Duration OBJECTS_PATIENCE =
      SILENCE.multipliedBy(4).plusMillis(500).multipliedBy(2);

  /** More than a slow Redis takes. */
  private static final Duration CACHE_SILENCE = Duration.ofMillis(300);

  /** One silence at most, and what all take that come at once. */
  private static final Duration CACHE_PATIENCE = CACHE_SILENCE.plusSeconds(8);

  private static final Duration RECOVERY = Duration.ofSeconds(10);

  /** The longest pause before another connection is tried, and then some. */
  private static final Duration CACHE_RECOVERY = Duration.ofSeconds(40);

  private final List<End> ends = new ArrayList<>();
  private final Map<Dependency.Name, Dependency> dependencies = new HashMap<>();
  private final AtomicLong worlds = new AtomicLong();
  private final Toxiproxy proxy;
  private final PostgresServer postgres;
  private final RedisStore redis;
  private final ChildRegistry registry;
  private final RegistryLoad load;
  private final PushClient client;
  private final LargeBlob large;

  private Scene(Path folder) throws IOException {
    try {
      proxy = Toxiproxy.start();
      ends.addFirst(proxy::close);
      // Before PostgreSQL, which keeps files open there until it ends.
      SmallDisk tables = disk(folder.resolve("tables"), DATABASE_MEBIBYTES);
      postgres = PostgresServer.start();
      ends.addFirst(postgres::close);
      Map<String, String> settings = new HashMap<>();
      int opsPort = FreePort.find();
      settings.put("ops.port", String.valueOf(opsPort));
      addDatabase(tables, settings);
      addObjects(folder, settings);
      redis = RedisStore.start();
      ends.addFirst(redis.server()::close);
      addCache(settings);
      registry = ChildRegistry.start(folder.resolve("data"), settings);
      ends.addFirst(registry::close);
      load = new RegistryLoad(registry.pid(), new PushClient(opsPort));
      client = registry.client();
      large = largeBlob(client);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  static Scene open(Path folder) throws IOException {
    return new Scene(folder);
  }

  private static LargeBlob largeBlob(PushClient client) {
    byte[] bytes = PushClient.bytes(-1, LARGE);
    assertThat(client.pushBlob("faults/large", bytes).statusCode()).isEqualTo(201);
    return new LargeBlob("/v2/faults/large/blobs/" + digest(bytes).text(), bytes);
  }

  /** Ends something that was begun. */
  private interface End {
    void run() throws IOException;
  }

  private SmallDisk disk(Path folder, int mebibytes) throws IOException {
    SmallDisk disk = SmallDisk.mount(Files.createDirectory(folder), mebibytes);
    ends.addFirst(disk::unmount);
    return disk;
  }

  private void addDatabase(SmallDisk disk, Map<String, String> settings) throws IOException {
    Path tables = Files.createDirectory(disk.root().resolve("tables"));
    // The log stays elsewhere: without space for it PostgreSQL does not refuse, it ends.
    postgres.execute("CREATE TABLESPACE small LOCATION '" + tables + "'");
    postgres.execute("CREATE DATABASE registry TABLESPACE small");
    ToxicLink link = proxy.link(PostgresUrl.parse(postgres.text("registry")).port());
    settings.put("database.url", "postgresql://postgres@127.0.0.1:" + link.port() + "/registry");
    settings.put("database.connect_timeout", CONNECT.toSeconds() + "s");
    settings.put("database.statement_timeout", STATEMENT.toSeconds() + "s");
    add(
        new Dependency(
            Dependency.Name.POSTGRESQL, link, Store.on(disk), DATABASE_PATIENCE, RECOVERY));
  }

  private void addObjects(Path folder, Map<String, String> settings) throws IOException {
    SmallDisk disk = disk(folder.resolve("objects"), OBJECTS_MEBIBYTES);
    MinioServer minio = MinioServer.start(disk.root().resolve("minio"));
    ends.addFirst(minio::close);
    String[] all = minio.settings();
    for (int i = 0; i < all.length; i += 2) {
      settings.put(all[i], all[i + 1]);
    }
    ToxicLink link = proxy.link(minio.port());
    settings.put("storage.s3.endpoint", "http://127.0.0.1:" + link.port());
    settings.put("storage.s3.timeout", SILENCE.toSeconds() + "s");
    add(new Dependency(Dependency.Name.S3, link, Store.on(disk), OBJECTS_PATIENCE, RECOVERY));
  }

  private void addCache(Map<String, String> settings) {
    ToxicLink link = proxy.link(redis.server().port());
    settings.put("storage.cache.type", "redis");
    settings.put("storage.cache.redis_url", "redis://127.0.0.1:" + link.port());
    settings.put("redis.timeout", CACHE_SILENCE.toMillis() + "ms");
    // Every manifest that is read is asked for there.
    settings.put("cache.manifests", "0");
    add(new Dependency(Dependency.Name.REDIS, link, redis, CACHE_PATIENCE, CACHE_RECOVERY));
  }

  private void add(Dependency dependency) {
    dependencies.put(dependency.name(), dependency);
  }

  Dependency dependency(Dependency.Name name) {
    Dependency found = dependencies.get(name);
    if (found == null) {
      throw new IllegalArgumentException(name + " is not part of it");
    }
    return found;
  }

  PushClient client() {
    return client;
  }

  ChildRegistry registry() {
    return registry;
  }

  PostgresServer postgres() {
    return postgres;
  }

  RedisStore redis() {
    return redis;
  }

  RegistryLoad load() {
    return load;
  }

  /** Makes a world in which nothing has happened yet. */
  World world(String repository) {
    return new World(client, repository, worlds.incrementAndGet(), large);
  }

  @Override
  public void close() throws IOException {
    IOException failed = null;
    for (End each : ends) {
      try {
        each.run();
      } catch (IOException | RuntimeException e) {
        // The others have to end all the same.
        failed = failed == null ? new IOException("tried to end everything", e) : failed;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
