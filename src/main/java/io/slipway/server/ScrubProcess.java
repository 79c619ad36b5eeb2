package io.slipway.server;

import io.slipway.database.Database;
import io.slipway.job.JobRuns;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.runtime.DataSize;
import io.slipway.storage.Scrub;
import io.slipway.storage.ScrubLines;
import io.slipway.storage.ScrubReport;
import io.slipway.storage.ScrubRun;
import io.slipway.storage.ScrubWatch;
import io.slipway.storage.ScrubWish;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Scrubs a registry that does not run, or has the one scrub that does. */
public final class ScrubProcess {
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** So long may a node that was killed hold the lease, and some more. */
  private static final Duration PATIENCE = Duration.ofSeconds(35);

  /** Names this process for people who ask a node. */
  private static final String COMMAND = "registry scrub (process %d)";

  private ScrubProcess() {}

  /**
   * Runs to the end, or until SIGTERM or SIGINT, with the log that is configured.
   *
   * @return the exit code: 0, or 1 when something is wrong or could not be read
   */
  public static int run(
      RegistryConfig config, boolean dryRun, boolean restart, Consumer<String> lines)
      throws InterruptedException, IOException {
    Logging.start(config.log());
    try {
      return scrub(config, dryRun, restart, lines, Signals::onTermination);
    } finally {
      Logging.flush();
    }
  }

  /**
   * Runs to the end, or until it is stopped; then it fails, and the next run goes on there.
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
      throws InterruptedException, IOException {
    ScrubReport report;
    try {
      report = here(config, dryRun, restart, lines, stoppable);
    } catch (IllegalStateException e) {
      URI server = e.getCause() instanceof FolderInUseException f ? f.server().orElse(null) : null;
      if (server == null) {
        throw e;
      }
      report =
          new RemoteScrub(NamedServer.ofFolder(server, config), lines)
              .run(dryRun, restart, Optional.of(config.scrub().rate()));
    }
    return tell(report, dryRun, lines);
  }

  /**
   * Has the server at an address scrub; nothing else is touched. Blocks.
   *
   * @param rate bytes a second; empty for what that server is configured with
   * @return the exit code: 0, or 1 when something is wrong or could not be read
   */
  public static int at(
      NamedServer server,
      boolean dryRun,
      boolean restart,
      Optional<DataSize> rate,
      Consumer<String> lines)
      throws IOException {
    return tell(new RemoteScrub(server, lines).run(dryRun, restart, rate), dryRun, lines);
  }

  private static int tell(ScrubReport report, boolean dryRun, Consumer<String> lines) {
    lines.accept(
        ("Checked %d blobs and %d manifests (%d bytes), and copies of %d tags: %d damaged, %d"
                + " healed, %d copies wrong, %d unreadable%s")
            .formatted(
                report.blobs(),
                report.manifests(),
                report.bytes(),
                report.tags(),
                report.damaged(),
                report.healed(),
                report.copies(),
                report.unreadable(),
                dryRun ? "; nothing was changed" : ""));
    return report.isFlawed() ? 1 : 0;
  }

  private static ScrubReport here(
      RegistryConfig config,
      boolean dryRun,
      boolean restart,
      Consumer<String> lines,
      Consumer<Runnable> stoppable)
      throws InterruptedException {
    return StoreProcess.run(
        config,
        "ask it to scrub, when it listens",
        (vertx, stores) -> {
          Database database = stores.metadata().database();
          ScrubRun run =
              new ScrubRun(
                  new ScrubWish(dryRun, restart, Optional.empty()),
                  kept ->
                      new Scrub(
                          vertx,
                          stores.bytes().storage().contents(),
                          new SqlScrubbed(database),
                          config.scrub().rate().bytes(),
                          dryRun,
                          new ScrubLines(kept.andThen(lines), ScrubWatch.NOBODY)));
          stoppable.accept(run::stop);
          JobRuns rows =
              new JobRuns(
                  vertx, database, ScrubJob.NAME, COMMAND.formatted(ProcessHandle.current().pid()));
          Future<ScrubReport> report =
              config.isShared() ? alone(vertx, database, run, rows) : run.work(rows);
          return report
              .compose(found -> run.isStopped() ? ended() : Future.succeededFuture(found))
              .eventually(rows::stop);
        });
  }

  /** What it found so far is not what there is to find. */
  private static Future<ScrubReport> ended() {
    return Future.failedFuture(
        new IllegalStateException(
            "tried to scrub but it did not come to its end: somebody ended it, or this process; the"
                + " next one goes on there"));
  }

  /** Nodes on other machines scrub, too; one that was killed is waited for. */
  private static Future<ScrubReport> alone(
      Vertx vertx, Database database, ScrubRun run, JobRuns rows) {
    AtomicBoolean lost = new AtomicBoolean();
    return ScrubJob.turn(vertx, database, LEASE)
        .within(
            PATIENCE,
            () -> run.work(rows),
            () -> {
              lost.set(true);
              run.stop();
            },
            () -> !run.isStopped())
        .compose(
            report -> {
              if (lost.get()) {
                return Future.failedFuture(
                    new IllegalStateException(
                        "tried to scrub but the database did not hear of it for so long that"
                            + " another node may be at it; the next one goes on there"));
              }
              if (report.isEmpty() && !run.isStopped()) {
                return Future.failedFuture(
                    new IllegalStateException(
                        "tried to scrub but another node is at it: ask one of the nodes with"
                            + " --server, or wait for its end"));
              }
              return report.map(Future::succeededFuture).orElseGet(ScrubProcess::ended);
            });
  }
}
