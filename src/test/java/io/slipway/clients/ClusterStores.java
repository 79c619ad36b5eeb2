package io.slipway.clients;

import io.slipway.testing.Eventually;
import io.slipway.testing.MinioServer;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * PostgreSQL, MinIO, Redis and a cache on disk: one server of each for all registries of a run, and
 * a database, a place in the bucket and a folder for each registry.
 */
record ClusterStores(String database, String prefix, Path cache, boolean redirects)
    implements LaunchedStores {
  private static final Path FOLDER = Path.of("target/cluster-stores").toAbsolutePath();

  /** Holds what lasts as long as this JVM. */
  private static final class Shared {
    static final Path OWN = FOLDER.resolve(UUID.randomUUID().toString());
    static final MinioServer MINIO = make();

    private static MinioServer make() {
      try {
        MinioServer server = MinioServer.start(Files.createDirectories(OWN.resolve("minio")));
        Runtime.getRuntime().addShutdownHook(new Thread(Shared::end));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void end() {
      MINIO.close();
      try (Stream<Path> files = Files.walk(OWN)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Makes those of a registry of a folder. */
  static ClusterStores of(Path data) {
    return make(data, false);
  }

  /** Makes those of a registry that sends its clients to MinIO. */
  static ClusterStores redirecting(Path data) {
    return make(data, true);
  }

  private static ClusterStores make(Path data, boolean redirects) {
    return new ClusterStores(
        PostgresServer.shared().createDatabase().database(),
        data.toString().substring(1) + "/",
        Shared.OWN.resolve("cache-" + UUID.randomUUID()),
        redirects);
  }

  @Override
  public Map<String, String> environment() {
    Map<String, String> all = new HashMap<>(LaunchedStores.environment(Shared.MINIO.settings()));
    all.putAll(
        LaunchedStores.environment(
            "storage.s3.prefix",
            prefix,
            "storage.cache.type",
            "redis",
            "storage.cache.redis_url",
            "redis://" + RedisServer.shared().host(),
            "storage.cache.disk_path",
            cache.toString(),
            "storage.cache.disk_size_gb",
            "1",
            "database.url",
            PostgresServer.shared().text(database)));
    if (redirects) {
      all.putAll(
          LaunchedStores.environment(
              "storage.s3.redirect", "true",
              "storage.s3.redirect_endpoint", endpoint(),
              "storage.s3.path_style", "true"));
    }
    return all;
  }

  /** Returns the address of MinIO for clients: crane goes to no private address without a name. */
  String endpoint() {
    return "http://localhost:" + Shared.MINIO.port();
  }

  /** Changes the object and, if there is one, the file in the cache. */
  @Override
  public void flipByteOf(String digest) throws IOException {
    Eventually.happens("it is at home", () -> location(digest).startsWith("blobs/"));
    String key = prefix + location(digest);
    byte[] bytes = Shared.MINIO.read(key);
    LaunchedStores.flip(bytes);
    Shared.MINIO.write(key, bytes);
    for (Path file : cached(digest)) {
      LaunchedStores.flip(file);
    }
  }

  /** What passes by the registry stays out of its cache. */
  @Override
  public boolean haveCache() {
    return !redirects;
  }

  @Override
  public boolean isCached(String digest) throws IOException {
    return !cached(digest).isEmpty();
  }

  @Override
  public void uncache(String digest) throws IOException {
    for (Path file : cached(digest)) {
      Files.delete(file);
    }
  }

  /** A file is under its name some time after the answer for which it was read. */
  private List<Path> cached(String digest) throws IOException {
    Eventually.happens("nothing is on its way to the cache", () -> isEmpty(cache.resolve("fills")));
    return LaunchedStores.files(cache, digest);
  }

  @Override
  public String repositoryOf(String digest) {
    return first("SELECT repo FROM link WHERE digest = '%s'", digest);
  }

  private String location(String digest) {
    return first("SELECT location FROM blob WHERE digest = '%s'", digest);
  }

  private String first(String sql, String digest) {
    return PostgresServer.shared().query(database, sql.formatted(digest)).getFirst();
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
