package io.slipway.server;

import io.slipway.blob.StoreContents;
import io.slipway.blob.StoreContents.Walk;
import io.slipway.metadata.Restore;
import io.slipway.metadata.sql.SqlRestore;
import io.vertx.core.Future;

/**
 * Keeps a registry from starting on a database that says less than its store has: housekeeping
 * would take for waste what nothing names.
 */
record MetadataGuard(Restore restore, StoreContents contents) {
  static MetadataGuard of(RegistryStores stores) {
    return new MetadataGuard(
        new SqlRestore(stores.metadata().database()), stores.bytes().storage().contents());
  }

  /** Fails with a sentence when the database has to be rebuilt first. */
  Future<Void> check() {
    return restore
        .state()
        .compose(
            state ->
                switch (state) {
                  case FILLED -> Future.succeededFuture();
                  case FORGETTING, UNFINISHED ->
                      refused(
                          "a rebuild of its database did not end: run registry rebuild again with"
                              + " the same configuration");
                  case EMPTY -> requireNoCopies();
                });
  }

  private Future<Void> requireNoCopies() {
    Walk walk = contents.walk("manifests");
    return walk.next()
        .eventually(walk::close)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture()
                    : refused(
                        "its database is empty and its store is not: run registry rebuild with the"
                            + " same configuration, or give it an empty folder or bucket"));
  }

  private static Future<Void> refused(String reason) {
    return Future.failedFuture(
        new IllegalStateException("tried to start the registry but " + reason));
  }
}
