package io.slipway.server;

import io.slipway.metadata.sql.SqlRestore;
import io.slipway.repository.ManifestConfig.References;
import io.slipway.storage.Rebuild;
import io.slipway.storage.RebuildOptions;
import io.slipway.storage.RebuildReport;
import java.util.function.Consumer;

/** Rebuilds the database of a registry that does not run. */
public final class RebuildProcess {
  private RebuildProcess() {}

  /**
   * Runs to the end, with the log that is configured.
   *
   * @return the exit code: 0, or 1 when something was left out
   */
  public static int run(RegistryConfig config, RebuildOptions options, Consumer<String> lines)
      throws InterruptedException {
    Logging.start(config.log());
    try {
      return rebuild(config, options, lines);
    } finally {
      Logging.flush();
    }
  }

  /**
   * Runs to the end.
   *
   * @param lines told what it does and finds
   * @return the exit code: 0, or 1 when something was left out
   */
  public static int rebuild(RegistryConfig config, RebuildOptions options, Consumer<String> lines)
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
}
