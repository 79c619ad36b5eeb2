package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.event.EventRecovery;
import io.slipway.http.v2.RegistryServices;
import io.slipway.metadata.Uploads;
import io.slipway.metadata.sql.SqlListings;
import io.slipway.metadata.sql.SqlStatistics;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.repository.BlobService;
import io.slipway.repository.ListingService;
import io.slipway.repository.ManifestConfig.References;
import io.slipway.repository.ManifestService;
import io.slipway.repository.ReferrerService;
import io.slipway.repository.StatisticsService;
import io.slipway.server.cluster.ClusterNode;
import io.slipway.storage.OrphanSweep;
import io.slipway.upload.BusPeers;
import io.slipway.upload.UploadPeers;
import io.slipway.upload.UploadReaper;
import io.slipway.upload.UploadService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The use cases of a registry, put together on its stores. */
final class UseCases {
  /** So often does HEAD touch a blob within the grace of collection. */
  private static final int TOUCHES = 4;

  /** Less than a process takes to close everything at most. */
  private static final Duration WRITING_ENDS = Duration.ofSeconds(5);

  private static final int PARSERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final boolean shared;
  private final String node;
  private final RegistryStores stores;
  private final UploadService uploads;
  private final UploadReaper reaper;
  private final RegistryServices services;
  private final StatisticsService statistics;

  private UseCases(
      boolean shared,
      String node,
      RegistryStores stores,
      UploadService uploads,
      UploadReaper reaper,
      RegistryServices services,
      StatisticsService statistics) {
    this.shared = shared;
    this.node = node;
    this.stores = stores;
    this.uploads = uploads;
    this.reaper = reaper;
    this.services = services;
    this.statistics = statistics;
  }

  /**
   * Puts them together.
   *
   * @param node names this process, and those before it in its folder, among the nodes
   */
  static UseCases of(
      Vertx vertx,
      RegistryConfig config,
      RegistryStores stores,
      String node,
      Optional<ClusterNode> cluster,
      MeterRegistry meters) {
    Uploads sessions = new SqlUploads(stores.metadata().database());
    UploadService uploads =
        new UploadService(
            vertx,
            cluster.map(member -> member.told(sessions, node)).orElse(sessions),
            stores.metadata().links(),
            stores.bytes().storage().staging(),
            stores.bytes().storage().reserve(),
            node,
            cluster.isPresent() ? new BusPeers(vertx, meters) : UploadPeers.NONE,
            config.uploads());
    cluster.ifPresent(ignored -> uploads.serve(vertx, node));
    RegistryServices services =
        new RegistryServices(
            new BlobService(
                stores.metadata().links(),
                stores.bytes().blobs(),
                config.gc().grace().dividedBy(TOUCHES),
                stores.metadata().pushHits()),
            uploads,
            new ManifestService(
                stores.metadata().manifests(),
                stores.metadata().pullTimes(),
                stores.bytes().storage().reserve(),
                vertx.createSharedWorkerExecutor("slipway-manifests", PARSERS),
                config.manifests().references() == References.ALL),
            new ListingService(new SqlListings(stores.metadata().database())),
            new ReferrerService(stores.metadata().manifests()));
    StatisticsService statistics =
        new StatisticsService(new SqlStatistics(stores.metadata().database()));
    return new UseCases(
        config.isShared(), node, stores, uploads, uploads.reaper(), services, statistics);
  }

  /** Repairs what an earlier process left, before the first request. */
  Future<Void> recover(Vertx vertx) {
    return (shared ? recoverOwn() : recoverAlone())
        .compose(ignored -> sweepOrphans())
        .compose(ignored -> stores.bytes().beat(vertx));
  }

  /**
   * Where the lock of the folder says who may work, all that is under way is of the dead. Where
   * nodes share a database it may be of the living: there uploads are taken over when somebody goes
   * on with them, leases when their time is over, and deliveries then or sooner.
   */
  private Future<Void> recoverAlone() {
    Database database = stores.metadata().database();
    return uploads
        .recovery()
        .run()
        .compose(ignored -> new EventRecovery(database).ofAll())
        .compose(ignored -> Lease.freeAll(database));
  }

  /** Of the dead is also what the one before in this folder was at. */
  private Future<Void> recoverOwn() {
    return new EventRecovery(stores.metadata().database()).ofNode(node).mapEmpty();
  }

  private Future<Void> sweepOrphans() {
    Optional<Instant> lastSeen = stores.bytes().folder().uncleanSince();
    return lastSeen.isPresent() && stores.bytes().storage() instanceof FileStorage files
        ? new OrphanSweep(files.published(), files.blobs(), stores.metadata().links())
            .run(lastSeen.get())
        : Future.succeededFuture();
  }

  /** Ends uploads that are being written; fails when one takes too long. */
  Future<Void> endWriting() {
    return uploads.endWriting(WRITING_ENDS);
  }

  UploadReaper reaper() {
    return reaper;
  }

  RegistryServices services() {
    return services;
  }

  StatisticsService statistics() {
    return statistics;
  }
}
