package io.slipway.server;

import io.slipway.metadata.sql.SqlRestore;
import io.slipway.repository.ManifestConfig.References;
import io.slipway.storage.Rebuild;
import io.slipway.storage.RebuildOptions;
import io.slipway.storage.RebuildReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** Rebuilds the database of a registry that does not run. */
public final class RebuildProcess {
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
            (vertx, stores) ->
                new Rebuild(
                        vertx,
                        stores.bytes().storage().contents(),
                        new SqlRestore(stores.metadata().database()),
                        all,
                        () ->
                            config.isShared() && !force
                                ? requireNoNodes(vertx, stores)
                                : Future.succeededFuture(),
                        lines)
                    .run());
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
