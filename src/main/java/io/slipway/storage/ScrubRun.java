package io.slipway.storage;

import io.slipway.job.JobRun;
import io.slipway.job.JobRun.Status;
import io.slipway.job.JobRuns;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** One scrub of this process: it waits for its turn, goes on or has ended. Thread-safe. */
public final class ScrubRun {
  /** More are counted and logged. */
  private static final int MOST_LINES = 1000;

  private final String id = UUID.randomUUID().toString();
  private final Instant askedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final ScrubWish wish;
  private final Scrub scrub;
  private final Lines lines = new Lines();
  private final Promise<ScrubRun> begun = Promise.promise();
  private final Promise<ScrubReport> end = Promise.promise();

  /**
   * Makes one that has not begun.
   *
   * @param scrub makes what does it, which tells its sentences to what it is given
   */
  public ScrubRun(ScrubWish wish, Function<Consumer<String>, Scrub> scrub) {
    this.wish = wish;
    this.scrub = scrub.apply(lines::add);
  }

  /** Sentences, as many as there is room for. */
  private static final class Lines {
    private final List<String> all = new ArrayList<>();

    synchronized void add(String line) {
      if (all.size() < MOST_LINES) {
        all.add(line);
      }
    }

    private synchronized List<String> all() {
      return new ArrayList<>(all);
    }
  }

  String id() {
    return id;
  }

  ScrubWish wish() {
    return wish;
  }

  /** Returns what people are told of it now. */
  public JobRun shown() {
    Future<ScrubReport> ended = end.future();
    if (!ended.isComplete()) {
      return shown(Status.RUNNING);
    }
    return ended(ended);
  }

  /** Returns what people are told of its end. */
  JobRun ended(Future<ScrubReport> ended) {
    if (ended.failed()) {
      return new JobRun(
          id, askedAt, Status.FAILED, figures(), String.valueOf(ended.cause().getMessage()));
    }
    return shown(scrub.isStopped() ? Status.CANCELLED : Status.COMPLETED);
  }

  private JobRun shown(Status status) {
    return new JobRun(id, askedAt, status, figures(), null);
  }

  /** Returns what it has found so far, or in all. */
  JsonObject figures() {
    ScrubReport report = scrub.soFar();
    return new JsonObject()
        .put("dryRun", wish.dryRun())
        .put("blobs", report.blobs())
        .put("manifests", report.manifests())
        .put("tags", report.tags())
        .put("bytes", report.bytes())
        .put("damaged", report.damaged())
        .put("healed", report.healed())
        .put("copies", report.copies())
        .put("unreadable", report.unreadable())
        .put("details", new JsonArray(lines.all()));
  }

  /** Completes with this when it is its turn and all nodes can find it; fails when it is not. */
  Future<ScrubRun> begun() {
    return begun.future();
  }

  /** Ends it if it did not begin. */
  void giveUp(Throwable cause) {
    if (begun.tryFail(cause)) {
      end.fail(cause);
    }
  }

  /** Completes with what it found when it has ended or was stopped; fails as the store does. */
  public Future<ScrubReport> end() {
    return end.future();
  }

  /** Does it when it is its turn, with a row for other nodes; complete as {@link #end()} is. */
  public Future<ScrubReport> work(JobRuns rows) {
    Future<ScrubReport> ended =
        rows.begin(shown(), this::figures, this::stop)
            .otherwiseEmpty()
            .onSuccess(ignored -> begun.complete(this))
            .compose(ignored -> scrub.run(wish.restart()));
    // Before it is told here: no node says later that it goes on.
    ended.transform(ignored -> rows.end(ended(ended))).onComplete(ignored -> end.handle(ended));
    return end.future();
  }

  /** Tells whether somebody wants its end. */
  public boolean isStopped() {
    return scrub.isStopped();
  }

  /** Ends it soon; the next one goes on there. */
  public void stop() {
    scrub.stop();
  }
}
