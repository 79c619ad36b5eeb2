package io.slipway.job;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.job.JobRun.Status;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs of one kind of job that somebody asked for, in rows that every node reads: any of them tells
 * how far a run is, and ends it by writing so into its row. Who does it looks at its rows every
 * second, and at once when a message comes, which may be lost. Thread-safe.
 */
public final class JobRuns {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Of each kind, and those of the last minute. */
  private static final int REMEMBERED = 100;

  private static final String BEGIN =
      """
      INSERT INTO run (id, kind, worker, asked_at, beat_at, status, figures)
      VALUES ($1, $2, $3, $4, :now, 'running', $5)
      """;
  private static final String FORGET =
      """
      DELETE FROM run WHERE kind = $1 AND beat_at < :now - 60000 AND id NOT IN
        (SELECT id FROM run WHERE kind = $1 ORDER BY asked_at DESC, id LIMIT $2)
      """;
  // What was stopped for long is told as dead, and goes on when it wakes.
  private static final String BEAT =
      """
      UPDATE run SET beat_at = :now WHERE id = $1 AND status = 'running'
      RETURNING cancelled
      """;
  private static final String TELL =
      """
      UPDATE run SET beat_at = :now, figures = $2 WHERE id = $1 AND status = 'running'
      RETURNING cancelled
      """;
  private static final String END =
      """
      UPDATE run SET beat_at = :now, status = $2, figures = $3, error = $4
      WHERE id = $1 AND status = 'running'
      """;
  private static final String CANCEL =
      "UPDATE run SET cancelled = TRUE WHERE id = $1 AND kind = $2 AND status = 'running'";
  private static final String COLUMNS =
      "SELECT id, worker, asked_at, status, figures, error, beat_at < :now - 30000 AS silent ";
  private static final String FIND = COLUMNS + "FROM run WHERE id = $1 AND kind = $2";
  private static final String UNDER_WAY =
      COLUMNS
          + "FROM run WHERE kind = $1 AND status = 'running' AND beat_at >= :now - 30000"
          + " ORDER BY asked_at DESC LIMIT 1";

  private final Vertx vertx;
  private final Database database;
  private final String kind;
  private final String worker;
  private final Poller poller;
  private final Map<String, Open> open = new ConcurrentHashMap<>();
  private volatile @Nullable MessageConsumer<JsonObject> messages;

  /** A run of this process. */
  private static final class Open {
    private final Supplier<JsonObject> figures;
    private final Runnable cancel;
    private volatile String told;
    private volatile @Nullable JobRun end;

    Open(Supplier<JsonObject> figures, Runnable cancel, String told) {
      this.figures = figures;
      this.cancel = cancel;
      this.told = told;
    }
  }

  /**
   * Makes one that knows no run of this process yet.
   *
   * @param kind names the job in rows and on the bus
   * @param worker who this process is, for people
   */
  public JobRuns(Vertx vertx, Database database, String kind, String worker) {
    this(vertx, database, kind, worker, LOOK);
  }

  /** Makes one that looks at its rows so often. */
  JobRuns(Vertx vertx, Database database, String kind, String worker, Duration look) {
    this.vertx = vertx;
    this.database = database.relaxed();
    this.kind = kind;
    this.worker = worker;
    this.poller = new Poller(vertx, "runs of " + kind, look, () -> lookAtAll().map(false));
  }

  /** Begins to hear of runs that are to end; without it they are found every second. */
  public void listen() {
    messages =
        JobCancel.address(kind)
            .listen(
                vertx,
                cancel -> {
                  if (open.containsKey(cancel.id())) {
                    poller.wake();
                  }
                });
  }

  /** Looks no more, and hears nothing. */
  public Future<Void> stop() {
    MessageConsumer<JsonObject> heard = messages;
    return (heard == null ? Future.<Void>succeededFuture() : heard.unregister())
        .transform(ignored -> poller.stop());
  }

  /**
   * Lets all nodes know of a run that this process is to do.
   *
   * @param figures asked every second how far it is; on an event loop
   * @param cancel told that somebody wants its end, once or more often
   */
  public Future<Void> begin(JobRun run, Supplier<JsonObject> figures, Runnable cancel) {
    String told = run.figures().encode();
    open.put(run.id(), new Open(figures, cancel, told));
    return database
        .update(BEGIN, run.id(), kind, worker, run.askedAt().toEpochMilli(), told)
        .onSuccess(ignored -> poller.wake())
        .compose(ignored -> database.update(FORGET, kind, REMEMBERED))
        .mapEmpty();
  }

  /** Lets all nodes know of its end; when that fails it is tried again every second. */
  public Future<Void> end(JobRun run) {
    Open known = open.get(run.id());
    if (known != null) {
      known.end = run;
    }
    return database
        .update(END, run.id(), run.status().text(), run.figures().encode(), run.error())
        .onSuccess(ignored -> open.remove(run.id()))
        .mapEmpty();
  }

  private Future<Void> lookAtAll() {
    List<Future<Void>> all =
        open.entrySet().stream().map(entry -> look(entry.getKey(), entry.getValue())).toList();
    return Future.join(all).mapEmpty();
  }

  private Future<Void> look(String id, Open run) {
    JobRun end = run.end;
    if (end != null) {
      return end(end);
    }
    String figures = run.figures.get().encode();
    // They may be long, and often nothing happens for hours.
    Future<Optional<Boolean>> looked =
        figures.equals(run.told)
            ? database.first(BEAT, row -> row.flag("cancelled"), id)
            : database
                .first(TELL, row -> row.flag("cancelled"), id, figures)
                .onSuccess(ignored -> run.told = figures);
    return looked.map(
        cancelled -> {
          if (cancelled.orElse(false)) {
            run.cancel.run();
          }
          return null;
        });
  }

  /** Finds one of the last runs, of whichever process. */
  public Future<Optional<JobRun>> find(String id) {
    return database.first(FIND, this::read, id, kind);
  }

  /** Finds the last run that somebody is at. */
  public Future<Optional<JobRun>> underWay() {
    return database.first(UNDER_WAY, this::read, kind);
  }

  /** Has a run end soon, whichever process does it; nothing happens to one that has ended. */
  public Future<Optional<JobRun>> cancel(String id) {
    return database
        .update(CANCEL, id, kind)
        .onSuccess(
            rows -> {
              if (rows > 0) {
                JobCancel.address(kind).publish(vertx, new JobCancel(id));
              }
            })
        .compose(ignored -> find(id));
  }

  private JobRun read(Row row) {
    Status status = Status.parse(row.string("status"));
    boolean lost = status == Status.RUNNING && row.flag("silent");
    return new JobRun(
        row.string("id"),
        Instant.ofEpochMilli(row.number("asked_at")),
        lost ? Status.FAILED : status,
        new JsonObject(row.string("figures")),
        lost
            ? "tried to go on but nothing was heard of " + row.string("worker") + " for 30 s"
            : row.stringOrNull("error"));
  }
}
