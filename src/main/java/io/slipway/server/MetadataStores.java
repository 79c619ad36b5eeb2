package io.slipway.server;

import io.slipway.blob.StorageConfig;
import io.slipway.database.Database;
import io.slipway.database.DatabaseConfig;
import io.slipway.database.Migrations;
import io.slipway.database.PostgresUrl;
import io.slipway.database.postgres.PostgresDatabase;
import io.slipway.database.postgres.PostgresOptions;
import io.slipway.database.sqlite.SqliteDatabase;
import io.slipway.database.sqlite.SqliteOptions;
import io.slipway.event.EventLook;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.ManifestBytes;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.RedisUrl;
import io.slipway.metadata.cache.CachedBlobLinks;
import io.slipway.metadata.cache.CachedManifests;
import io.slipway.metadata.cache.CachedSweep;
import io.slipway.metadata.cache.SharedManifests;
import io.slipway.metadata.redis.RedisManifestBytes;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlGarbageSweep;
import io.slipway.metadata.sql.SqlManifests;
import io.slipway.metadata.sql.SqlPullTimes;
import io.slipway.metadata.sql.SqlPushHits;
import io.slipway.runtime.Metrics;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the bytes: in SQLite with caches that are exact because nobody else changes
 * the file, or in PostgreSQL, which is asked each time because another node may have changed it and
 * spared only the bytes of manifests.
 */
record MetadataStores(
    Database database,
    ManifestBytes shared,
    BlobLinks links,
    Manifests manifests,
    SqlPullTimes pullTimes,
    SqlPushHits pushHits,
    GarbageSweep sweep) {
  /** Links get a part of what manifests get: both are read by every pull, and links are small. */
  private static final int LINK_SHARE = 4;

  /** Opens the database and brings its schema up to date. */
  static Future<MetadataStores> open(
      Vertx vertx,
      RegistryConfig config,
      DataFolder folder,
      Metrics metrics,
      Consumer<Throwable> onFatal) {
    return database(vertx, config, folder, metrics, onFatal)
        .compose(
            database ->
                redis(vertx, config, metrics)
                    .map(
                        shared ->
                            config.database().postgres().isPresent()
                                ? plain(vertx, config, database, shared, metrics)
                                : cached(vertx, config, database, shared, metrics))
                    .recover(
                        cause -> database.close().transform(closed -> Future.failedFuture(cause))));
  }

  private static Future<Database> database(
      Vertx vertx,
      RegistryConfig config,
      DataFolder folder,
      Metrics metrics,
      Consumer<Throwable> onFatal) {
    DatabaseConfig settings = config.database();
    Optional<PostgresUrl> url = settings.postgres();
    if (url.isPresent()) {
      return PostgresDatabase.open(
              PostgresOptions.of(url.get(), settings), vertx, metrics.registry())
          .compose(MetadataStores::prepared);
    }
    SqliteOptions options =
        SqliteOptions.of(settings.file(folder.root())).withReaders(settings.readers());
    return SqliteDatabase.open(options, vertx, metrics.registry(), onFatal)
        .compose(MetadataStores::prepared);
  }

  private static Future<Database> prepared(Database database) {
    return Migrations.bundled()
        .apply(database)
        .map(database)
        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause)));
  }

  private static Future<ManifestBytes> redis(Vertx vertx, RegistryConfig config, Metrics metrics) {
    @Nullable Secret url = config.storage().cache().redisUrl();
    return url == null
        ? Future.succeededFuture(ManifestBytes.NONE)
        : vertx
            .executeBlocking(
                () ->
                    RedisManifestBytes.open(
                        vertx, RedisUrl.parse(url.reveal()), config.redis(), metrics.registry()),
                false)
            .map(Objects::requireNonNull);
  }

  private static MetadataStores plain(
      Vertx vertx,
      RegistryConfig config,
      Database database,
      ManifestBytes shared,
      Metrics metrics) {
    SharedManifests manifests =
        new SharedManifests(
            new SqlManifests(database, () -> EventLook.send(vertx)),
            shared,
            config.cache().manifests().bytes());
    CacheMetrics.observe(metrics.registry(), "manifests", manifests::stats);
    return new MetadataStores(
        database,
        shared,
        new SqlBlobLinks(database),
        manifests,
        new SqlPullTimes(database),
        new SqlPushHits(database),
        new SqlGarbageSweep(database, config.uploads().maxAge()));
  }

  private static MetadataStores cached(
      Vertx vertx,
      RegistryConfig config,
      Database database,
      ManifestBytes shared,
      Metrics metrics) {
    long bytes = config.cache().manifests().bytes();
    Manifests stored = new SqlManifests(database, () -> EventLook.send(vertx));
    CachedManifests manifests =
        new CachedManifests(
            config.storage().cache().redisUrl() == null
                ? stored
                : new SharedManifests(stored, shared, 0),
            bytes);
    CacheMetrics.observe(metrics.registry(), "manifests", manifests::stats);
    BlobLinks links = new SqlBlobLinks(database);
    @Nullable CachedBlobLinks keptLinks = null;
    if (config.storage().backend() == StorageConfig.Backend.FILESYSTEM) {
      // Elsewhere blobs are relocated behind the back of a cache.
      keptLinks = new CachedBlobLinks(links, bytes / LINK_SHARE);
      CacheMetrics.observe(metrics.registry(), "links", keptLinks::stats);
      links = keptLinks;
    }
    return new MetadataStores(
        database,
        shared,
        links,
        manifests,
        new SqlPullTimes(database),
        new SqlPushHits(database),
        new CachedSweep(
            new SqlGarbageSweep(database, config.uploads().maxAge()), manifests, keptLinks));
  }

  /** Closes what it opened. */
  Future<Void> close() {
    return shared.close().transform(closed -> database.close());
  }
}
