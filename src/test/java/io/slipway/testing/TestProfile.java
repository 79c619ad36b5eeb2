package io.slipway.testing;

import io.slipway.database.PostgresUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The stores that the registries of the tests work on: a folder and SQLite, or, with {@code
 * -Dslipway.profile=cluster}, a PostgreSQL database and a place in a bucket, which belong to the
 * folder and outlive the registry as it does.
 */
public final class TestProfile {
  private static final boolean CLUSTER = "cluster".equals(System.getProperty("slipway.profile"));
  private static final Map<Path, ClusterStores> STORES = new HashMap<>();

  private TestProfile() {}

  /** Tells whether registries work on PostgreSQL and S3. */
  public static boolean isCluster() {
    return CLUSTER;
  }

  /** Returns what a registry of a folder must be told, as keys of the configuration. */
  public static Map<String, String> settings(Path data) {
    return CLUSTER ? cluster(data).settings() : Map.of();
  }

  /** Returns the stores of a registry of a folder. */
  static StoredData stored(Path data) {
    return CLUSTER ? cluster(data).stored(data) : new StoredData(data);
  }

  private static synchronized ClusterStores cluster(Path data) {
    // The bucket is in memory: what belongs to folders that are gone makes room.
    STORES.forEach(
        (folder, stores) -> {
          if (Files.notExists(folder)) {
            ClusterStores.S3.removeAll(stores.prefix());
          }
        });
    return STORES.computeIfAbsent(data.toAbsolutePath().normalize(), ClusterStores::make);
  }

  /** One server of each kind for all registries of a run. */
  private record ClusterStores(PostgresUrl database, String prefix) {
    private static final FakeS3 S3 = new FakeS3().deletesMany(true);

    static ClusterStores make(Path data) {
      return new ClusterStores(
          PostgresServer.shared().createDatabase(), data.toString().substring(1) + "/");
    }

    Map<String, String> settings() {
      Map<String, String> all = new LinkedHashMap<>();
      String[] s3 = S3.settings();
      for (int i = 0; i < s3.length; i += 2) {
        all.put(s3[i], s3[i + 1]);
      }
      all.put("storage.s3.prefix", prefix);
      all.put("storage.cache.type", "redis");
      all.put("storage.cache.redis_url", "redis://" + RedisServer.shared().host());
      all.put("database.url", PostgresServer.shared().text(database.database()));
      return all;
    }

    StoredData stored(Path data) {
      return new StoredData(
          data,
          new PostgresRows(PostgresServer.shared(), database.database()),
          new BucketBytes(S3, prefix));
    }
  }
}
