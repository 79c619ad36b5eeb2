package io.slipway.server;

import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.storage.Scrub;
import io.slipway.storage.ScrubReport;
import io.slipway.storage.ScrubWatch;
import java.time.Clock;
import java.util.function.Consumer;

/** Scrubs a registry that does not run. */
public final class ScrubProcess {
  private ScrubProcess() {}

  /**
   * Runs to the end, or until SIGTERM or SIGINT, with the log that is configured.
   *
   * @return the exit code: 0, or 1 when something is wrong or could not be read
   */
  public static int run(
      RegistryConfig config, boolean dryRun, boolean restart, Consumer<String> lines)
      throws InterruptedException {
    Logging.start(config.log());
    try {
      return scrub(config, dryRun, restart, lines, Signals::onTermination);
    } finally {
      Logging.flush();
    }
  }

  /**
   * Runs to the end, or until it is stopped; then the next run goes on there.
   *
   * @param dryRun whether nothing is changed
   * @param restart whether it begins at the beginning, wherever an earlier one was
   * @param lines told what it finds
   * @param stoppable given what stops it
   * @return the exit code: 0, or 1 when something is wrong or could not be read
   */
  public static int scrub(
      RegistryConfig config,
      boolean dryRun,
      boolean restart,
      Consumer<String> lines,
      Consumer<Runnable> stoppable)
      throws InterruptedException {
    ScrubReport report =
        StoreProcess.run(
            config,
            "a running registry scrubs itself, every scrub.interval",
            (vertx, stores) -> {
              Scrub scrub =
                  new Scrub(
                      vertx,
                      Clock.systemUTC(),
                      stores.bytes().storage().contents(),
                      new SqlScrubbed(stores.metadata().database()),
                      config.scrub().rate().bytes(),
                      dryRun,
                      new Lines(lines));
              stoppable.accept(scrub::stop);
              return scrub.run(restart);
            });
    lines.accept(
        "Checked %d blobs and %d manifests (%d bytes): %d damaged, %d healed, %d unreadable%s"
            .formatted(
                report.blobs(),
                report.manifests(),
                report.bytes(),
                report.damaged(),
                report.healed(),
                report.unreadable(),
                dryRun ? "; nothing was changed" : ""));
    return report.isFlawed() ? 1 : 0;
  }

  /** Tells a person what is found. */
  private record Lines(Consumer<String> lines) implements ScrubWatch {
    @Override
    public void read(long bytes) {}

    @Override
    public void damaged(String what, String reason) {
      lines.accept("damaged: " + what + ": " + reason);
    }

    @Override
    public void healed(String what) {
      lines.accept("right again: " + what);
    }

    @Override
    public void unreadable(String what, Throwable cause) {
      lines.accept("unreadable: " + what + ": " + cause.getMessage());
    }

    @Override
    public void changed() {}
  }
}
