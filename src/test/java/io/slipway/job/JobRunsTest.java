package io.slipway.job;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Migrations;
import io.slipway.job.JobRun.Status;
import io.slipway.runtime.BusAddress;
import io.slipway.testing.Eventually;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs that one node does and another one is asked about. */
class JobRunsTest {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private final Vertx elsewhere = Vertx.vertx();
  private final AtomicInteger figures = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private JobRuns worker;

  @BeforeEach
  void make() {
    get(Migrations.bundled().apply(sqlite.database()));
    worker = new JobRuns(sqlite.vertx(), sqlite.database(), "gc", "the node w");
  }

  @AfterEach
  void close() {
    get(worker.stop());
    get(elsewhere.close());
  }

  /** One that no message of the worker's reaches, nor the other way round. */
  private JobRuns cutOff() {
    return new JobRuns(elsewhere, sqlite.database(), "gc", "another");
  }

  private static JobRun run(Status status) {
    return new JobRun(
        UUID.randomUUID().toString(),
        Instant.ofEpochMilli(System.currentTimeMillis()),
        status,
        new JsonObject().put("n", 0),
        null);
  }

  private JobRun begin() {
    JobRun run = run(Status.RUNNING);
    get(
        worker.begin(
            run, () -> new JsonObject().put("n", figures.get()), () -> cancels.incrementAndGet()));
    return run;
  }

  @Test
  void tellsHowFarARunOfAnotherIs() {
    JobRun run = begin();
    JobRuns other = cutOff();
    assertThat(get(other.find(run.id()))).map(JobRun::json).contains(run.json());
    figures.set(7);
    Eventually.happens(
        "it is told", () -> get(other.find(run.id())).orElseThrow().figures().getInteger("n") == 7);
    assertThat(get(other.underWay())).map(JobRun::id).contains(run.id());
    JobRun ended =
        new JobRun(
            run.id(), run.askedAt(), Status.FAILED, new JsonObject().put("n", 9), "it rained");
    get(worker.end(ended));
    assertThat(get(other.find(run.id()))).contains(ended);
    assertThat(get(other.underWay())).isEmpty();
    assertThat(get(other.find("none"))).isEmpty();
    assertThat(get(new JobRuns(elsewhere, sqlite.database(), "scrub", "x").find(run.id())))
        .as("of another kind")
        .isEmpty();
  }

  @Test
  void endsARunOfAnotherWhenEveryMessageIsLost() {
    JobRun run = begin();
    JobRun cancelled = get(cutOff().cancel(run.id())).orElseThrow();
    assertThat(cancelled.isRunning()).as("until it sees it").isTrue();
    Eventually.happens("it saw its row", () -> cancels.get() > 0);
  }

  @Test
  void endsARunOfAnotherAtOnceWhenAMessageArrives() {
    worker =
        new JobRuns(sqlite.vertx(), sqlite.database(), "gc", "the node w", Duration.ofHours(1));
    figures.set(1);
    JobRun run = begin();
    JobRuns near = new JobRuns(sqlite.vertx(), sqlite.database(), "gc", "another");
    Eventually.happens(
        "it has looked for the first time",
        () -> get(near.find(run.id())).orElseThrow().figures().getInteger("n") == 1);
    worker.listen();
    get(near.cancel(run.id()));
    Eventually.happens("it was told", () -> cancels.get() > 0);
    get(near.stop());
  }

  @Test
  void endsNothingBecauseOfAMessageAlone() {
    worker.listen();
    JobRun run = begin();
    JobCancel.address("gc").publish(sqlite.vertx(), new JobCancel(run.id()));
    figures.set(1);
    Eventually.happens(
        "it looked again",
        () -> get(worker.find(run.id())).orElseThrow().figures().getInteger("n") == 1);
    assertThat(cancels).hasValue(0);
  }

  @Test
  void refusesACancelOfAnotherRelease() {
    worker.listen();
    begin();
    BusAddress<String> newer =
        new BusAddress<>(
            "gc.cancel",
            JobCancel.address("gc").version() + 1,
            id -> new JsonObject().put("run", id),
            json -> json.getString("run"));
    assertThat(
            get(
                newer
                    .ask(sqlite.vertx(), "x", Duration.ofSeconds(5))
                    .map("answered")
                    .otherwise(Throwable::getMessage)))
        .contains("version 2 of gc.cancel but this node knows 1");
  }

  @Test
  void tellsThatItsProcessIsNotHeardOf() {
    JobRun run = begin();
    get(worker.stop());
    get(sqlite.database().update("UPDATE run SET beat_at = beat_at - 60000"));
    JobRun lost = get(cutOff().find(run.id())).orElseThrow();
    assertThat(lost.status()).isEqualTo(Status.FAILED);
    assertThat(lost.error()).contains("nothing was heard of the node w for 30 s");
    assertThat(get(cutOff().underWay())).isEmpty();
  }

  @Test
  void tellsTheEndAgainWhenThatFailedAtFirst() {
    JobRun run = begin();
    get(sqlite.database().update("ALTER TABLE run RENAME TO away"));
    JobRun ended =
        new JobRun(run.id(), run.askedAt(), Status.COMPLETED, new JsonObject().put("n", 1), null);
    assertThat(get(worker.end(ended).map("told").otherwise("failed"))).isEqualTo("failed");
    get(sqlite.database().update("ALTER TABLE away RENAME TO run"));
    Eventually.happens("it is told", () -> get(cutOff().find(run.id())).equals(Optional.of(ended)));
  }

  @Test
  void forgetsOldRuns() {
    for (int i = 0; i < 105; i++) {
      get(worker.end(begin()));
    }
    get(sqlite.database().update("UPDATE run SET beat_at = beat_at - 120000"));
    begin();
    String sql = "SELECT count(*) AS n FROM run";
    assertThat(get(sqlite.database().query(sql, row -> row.number("n"))).getFirst())
        .isBetween(100L, 101L);
  }
}
