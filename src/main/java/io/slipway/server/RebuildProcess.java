package io.slipway.server;

import io.slipway.database.Database;
import io.slipway.gc.GarbageCollection;
import io.slipway.job.OneNode;
import io.slipway.metadata.sql.SqlRestore;
import io.slipway.repository.ManifestConfig.References;
import io.slipway.storage.Rebuild;
import io.slipway.storage.RebuildOptions;
import io.slipway.storage.RebuildReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;

/** Rebuilds the database of a registry that does not run. */
public final class RebuildProcess {
  private static final String NAME = "rebuild";
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** So long may one that was killed hold the lease, and some more. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private RebuildProcess() {}

  /**
   * Runs to the end, with the log that is configured.
   *
   * @return the exit code: 0, or 1 when something was left out
   */
  public static int run(
      RegistryConfig config, RebuildOptions options, boolean force, Consumer<String> lines)
      throws InterruptedException {
    Logging.start(config.log());
    try {
      return rebuild(config, options, force, lines);
    } finally {
      Logging.flush();
    }
  }

  /**
   * Runs to the end.
   *
   * @param force whether it goes on although other nodes seem to work on the same database
   * @param lines told what it does and finds
   * @return the exit code: 0, or 1 when something was left out
   */
  public static int rebuild(
      RegistryConfig config, RebuildOptions options, boolean force, Consumer<String> lines)
      throws InterruptedException {
    boolean incomplete =
        options.keepIncomplete() || config.manifests().references() != References.ALL;
    RebuildOptions all = new RebuildOptions(options.verify(), incomplete, options.replace());
    RebuildReport report =
        StoreProcess.run(
            config,
            "stop it first",
            (vertx, stores) -> {
              Database database = stores.metadata().database();
              Rebuild rebuild =
                  new Rebuild(
                      vertx,
                      stores.bytes().storage().contents(),
                      new SqlRestore(database),
                      all,
                      () -> requireAlone(vertx, config, stores, force),
                      lines);
              // On files the lock of the folder keeps all others away.
              return config.isShared() ? alone(vertx, database, rebuild) : rebuild.run();
            });
    lines.accept(
        "Rebuilt %d blobs, %d manifests, %d copies of tags; left out %d incomplete manifests, %d tags, %d unreadable objects"
            .formatted(
                report.blobs(),
                report.manifests() - report.incomplete(),
                report.tags(),
                report.incomplete(),
                report.lostTags(),
                report.unreadable()));
    return report.isFlawed() ? 1 : 0;
  }

  /** Two would forget what the other one brought back; one that was killed is waited for. */
  private static Future<RebuildReport> alone(Vertx vertx, Database database, Rebuild rebuild) {
    return new OneNode(vertx, database, NAME, LEASE)
        .within(PATIENCE, rebuild::run, rebuild::stop, () -> true)
        .compose(
            report ->
                report
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                new IllegalStateException(
                                    "tried to rebuild the database but another rebuild of it is"
                                        + " under way: wait for its end"))));
  }

  /** On files the lock of the folder says all. */
  private static Future<Void> requireAlone(
      Vertx vertx, RegistryConfig config, RegistryStores stores, boolean force) {
    if (!config.isShared()) {
      return Future.succeededFuture();
    }
    Future<Void> noNodes = force ? Future.succeededFuture() : requireNoNodes(vertx, stores);
    return noNodes.compose(ignored -> requireNoCollection(stores.metadata().database()));
  }

  /** A collection looks for a rebuild when it begins: one under way takes for waste what goes. */
  private static Future<Void> requireNoCollection(Database database) {
    return GarbageCollection.isIdle(database)
        .compose(
            idle ->
                idle
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to rebuild the database but a process collects garbage in it:"
                                + " wait for its end (one that was killed is forgotten after"
                                + " half a minute)")));
  }

  /**
   * The lock of the folder says that its own node is dead; of others only what they say is known.
   */
  private static Future<Void> requireNoNodes(Vertx vertx, RegistryStores stores) {
    return stores
        .bytes()
        .node(vertx)
        .compose(node -> Nodes.of(vertx, stores.metadata().database(), node, () -> "", cause -> {}))
        .compose(
            nodes -> nodes.requireNone("rebuild the database", "--force a rebuild beside them"));
  }
}
