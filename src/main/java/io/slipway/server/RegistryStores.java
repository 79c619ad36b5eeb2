package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * The stores of a registry: what keeps the bytes and what knows about them are chosen apart from
 * each other.
 */
record RegistryStores(ByteStores bytes, MetadataStores metadata) {

  /** Opens everything; when the future fails nothing is left open. */
  static Future<RegistryStores> open(
      Vertx vertx, RegistryConfig config, Metrics metrics, Consumer<Throwable> onFatal) {
    return ByteStores.open(vertx, config, metrics)
        .compose(
            bytes ->
                MetadataStores.open(vertx, config, bytes.folder(), metrics, onFatal)
                    .map(metadata -> new RegistryStores(bytes, requireNonNull(metadata)))
                    .recover(
                        cause ->
                            bytes
                                .close(vertx, false)
                                .transform(closed -> Future.failedFuture(cause))))
        .compose(
            stores ->
                StoreClaim.make(vertx, config, stores)
                    .map(stores)
                    .recover(
                        cause ->
                            stores
                                .close(vertx, false)
                                .transform(closed -> Future.failedFuture(cause))));
  }

  /** Closes the database, then the store, then gives the folder free; blocks a worker meanwhile. */
  Future<Void> close(Vertx vertx) {
    return close(vertx, true);
  }

  private Future<Void> close(Vertx vertx, boolean well) {
    return metadata.close().transform(closed -> bytes.close(vertx, well && closed.succeeded()));
  }
}
