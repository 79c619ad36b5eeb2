package io.slipway.server;

import io.slipway.event.EventRecovery;
import io.slipway.http.ErrorResponder;
import io.slipway.http.PublicAddress;
import io.slipway.http.v2.RegistryApi;
import io.slipway.http.v2.RegistryServices;
import io.slipway.metadata.sql.SqlListings;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.repository.BlobService;
import io.slipway.repository.ListingService;
import io.slipway.repository.ManifestConfig.References;
import io.slipway.repository.ManifestService;
import io.slipway.repository.ReferrerService;
import io.slipway.storage.OrphanSweep;
import io.slipway.upload.UploadReaper;
import io.slipway.upload.UploadService;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The use cases of the standalone profile, put together. */
final class StandaloneRegistry {
  /** A quarter of the grace of collection, which is two hours. */
  private static final Duration TOUCH_INTERVAL = Duration.ofMinutes(30);

  private static final int PARSERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final StandaloneStores stores;
  private final UploadService uploads;
  private final UploadReaper reaper;
  private final Handler<HttpServerRequest> api;

  private StandaloneRegistry(
      StandaloneStores stores,
      UploadService uploads,
      UploadReaper reaper,
      Handler<HttpServerRequest> api) {
    this.stores = stores;
    this.uploads = uploads;
    this.reaper = reaper;
    this.api = api;
  }

  static StandaloneRegistry of(
      Vertx vertx, RegistryConfig config, StandaloneStores stores, ErrorResponder errors) {
    UploadService uploads =
        new UploadService(
            vertx,
            new SqlUploads(stores.database()),
            stores.links(),
            stores.files().staging(),
            stores.files().reserve(),
            UUID.randomUUID().toString(),
            config.uploads());
    RegistryServices services =
        new RegistryServices(
            new BlobService(stores.links(), stores.blobs(), TOUCH_INTERVAL),
            uploads,
            new ManifestService(
                stores.manifests(),
                stores.pullTimes(),
                stores.files().reserve(),
                vertx.createSharedWorkerExecutor("slipway-manifests", PARSERS),
                config.manifests().references() == References.ALL),
            new ListingService(new SqlListings(stores.database())),
            new ReferrerService(stores.manifests()));
    RegistryApi api =
        new RegistryApi(
            vertx,
            services,
            new PublicAddress(config.http()),
            errors,
            config.storage().delete().enabled());
    return new StandaloneRegistry(stores, uploads, uploads.reaper(), api);
  }

  /** Repairs what an earlier process left, before the first request. */
  Future<Void> recover(Vertx vertx) {
    return uploads
        .recovery()
        .run()
        .compose(ignored -> sweepOrphans())
        .compose(ignored -> new EventRecovery(stores.database()).run())
        .compose(ignored -> stores.beat(vertx));
  }

  private Future<Void> sweepOrphans() {
    Optional<Instant> lastSeen = stores.folder().uncleanSince();
    return lastSeen.isEmpty()
        ? Future.succeededFuture()
        : new OrphanSweep(stores.files().published(), stores.files().blobs(), stores.links())
            .run(lastSeen.get());
  }

  UploadReaper reaper() {
    return reaper;
  }

  Handler<HttpServerRequest> api() {
    return api;
  }
}
