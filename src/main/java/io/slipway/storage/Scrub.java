package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.KnownBlob;
import io.slipway.metadata.Scrubbed.KnownManifest;
import io.slipway.metadata.Scrubbed.KnownTag;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads everything that the registry keeps and hashes it, so slowly that nobody notices. One run;
 * the next one goes on where a run that was stopped or killed was. Harmless twice.
 */
public final class Scrub {
  private static final int BATCH = 100;
  private static final long BETWEEN_NOTES = Duration.ofSeconds(10).toNanos();

  /** So many failures after each other are one of the store. */
  private static final int MOST_UNREADABLE = 20;

  private final Scrubbed metadata;
  private final boolean dryRun;
  private final Pace pace;
  private final ScrubCount count;
  private final BlobScrub blobScrub;
  private final ManifestScrub manifestScrub;
  private final CopyScrub copyScrub;
  // Of the run's context.
  private final Deque<KnownBlob> blobs = new ArrayDeque<>();
  private final Deque<Position> manifests = new ArrayDeque<>();
  private final Deque<KnownTag> tags = new ArrayDeque<>();
  private ScrubPosition position = ScrubPosition.parse(Optional.empty());
  private long noted = System.nanoTime();
  private int unreadableInARow;
  private volatile boolean ended;

  /**
   * Takes its stores.
   *
   * @param rate bytes a second
   * @param dryRun whether nothing is changed, and nothing kept
   */
  public Scrub(
      Vertx vertx,
      StoreContents contents,
      Scrubbed metadata,
      long rate,
      boolean dryRun,
      ScrubWatch watch) {
    this.metadata = metadata;
    this.dryRun = dryRun;
    this.pace = new Pace(vertx, rate);
    this.count = new ScrubCount(watch);
    this.blobScrub = new BlobScrub(contents, metadata, pace, count, dryRun);
    CopyReader copies = new CopyReader(vertx, contents);
    this.copyScrub = new CopyScrub(vertx, copies, metadata, pace, count, dryRun);
    this.manifestScrub = new ManifestScrub(vertx, copies, copyScrub, metadata, pace, count, dryRun);
  }

  /**
   * Tells whether a scrub was begun that has not ended, or the last one ended long enough ago.
   *
   * @param interval between two of them
   */
  public static Future<Boolean> isDue(Scrubbed metadata, Duration interval) {
    return metadata
        .kept()
        .map(ScrubPosition::parse)
        .compose(
            at -> metadata.now().map(now -> at.running() || isOver(interval, now - at.endedAt())));
  }

  /** A time to come was told by the clock of a node, as earlier releases did. */
  private static boolean isOver(Duration interval, long passed) {
    return passed < 0 || passed >= interval.toMillis();
  }

  /**
   * Runs to the end, or until it is stopped; fails when the store does not work.
   *
   * @param restart whether it begins at the beginning, wherever an earlier one was
   */
  public Future<ScrubReport> run(boolean restart) {
    return metadata
        .kept()
        .map(ScrubPosition::parse)
        .compose(
            kept -> {
              position = kept.running() && !restart && !dryRun ? kept : kept.begun();
              return note();
            })
        .compose(ignored -> Rounds.whileMore(this::nextBlob))
        .compose(
            ignored -> {
              position = pace.isStopped() ? position : position.withBlobsDone();
              return Rounds.whileMore(this::nextManifest);
            })
        .compose(
            ignored -> {
              position = pace.isStopped() ? position : position.withManifestsDone();
              return Rounds.whileMore(this::nextTag);
            })
        .compose(ignored -> pace.isStopped() ? note() : end())
        .recover(
            cause ->
                note()
                    .compose(
                        ignored ->
                            cause instanceof Pace.Stopped
                                ? Future.succeededFuture()
                                : Future.failedFuture(cause)))
        .map(ignored -> count.report());
  }

  /** Returns what it has found so far. On any thread. */
  public ScrubReport soFar() {
    return count.report();
  }

  /** Ends a run under way, with what it is at; the next one goes on there. */
  public void stop() {
    pace.stop();
  }

  /** Tells whether it was stopped before its end. */
  public boolean isStopped() {
    return pace.isStopped() && !ended;
  }

  private Future<Void> end() {
    ended = true;
    return metadata
        .now()
        .compose(
            now -> {
              position = position.ended(now);
              return note();
            });
  }

  private Future<Void> note() {
    noted = System.nanoTime();
    return dryRun ? Future.succeededFuture() : metadata.keep(position.text());
  }

  private Future<Void> noteNowAndThen() {
    return System.nanoTime() - noted < BETWEEN_NOTES ? Future.succeededFuture() : note();
  }

  private Future<Boolean> nextBlob() {
    if (position.blobsDone() || pace.isStopped()) {
      return Future.succeededFuture(false);
    }
    KnownBlob next = blobs.poll();
    if (next == null) {
      return metadata
          .blobs(position.blob(), BATCH)
          .map(
              found -> {
                blobs.addAll(found);
                return !found.isEmpty();
              });
    }
    String digest = next.blob().digest().text();
    return look("the blob " + digest, () -> blobScrub.check(next))
        .compose(
            ignored -> {
              count.blob();
              position = position.after(digest);
              return noteNowAndThen();
            })
        .map(true);
  }

  private Future<Boolean> nextManifest() {
    if (position.manifestsDone() || pace.isStopped()) {
      return Future.succeededFuture(false);
    }
    Position next = manifests.poll();
    if (next == null) {
      return metadata
          .manifests(position.manifest(), BATCH)
          .map(
              found -> {
                manifests.addAll(found);
                return !found.isEmpty();
              });
    }
    return metadata
        .manifest(next)
        .compose(found -> found.map(this::look).orElseGet(Future::succeededFuture))
        .compose(
            ignored -> {
              position = position.after(next);
              return noteNowAndThen();
            })
        .map(true);
  }

  private Future<Void> look(KnownManifest manifest) {
    return look("the manifest " + manifest.position().digest(), () -> manifestScrub.check(manifest))
        .onSuccess(ignored -> count.manifest());
  }

  private Future<Boolean> nextTag() {
    if (pace.isStopped()) {
      return Future.succeededFuture(false);
    }
    KnownTag next = tags.poll();
    if (next == null) {
      return metadata
          .tags(position.tag(), BATCH)
          .map(
              found -> {
                tags.addAll(found);
                return !found.isEmpty();
              });
    }
    return look("the copy of the tag " + next.position().digest(), () -> copyScrub.check(next))
        .compose(
            ignored -> {
              count.tag();
              position = position.afterTag(next.position());
              return noteNowAndThen();
            })
        .map(true);
  }

  /** What cannot be read now is no damage: it is told, and looked at by the next run. */
  private Future<Void> look(String what, Supplier<Future<Void>> check) {
    return check
        .get()
        .onSuccess(ignored -> unreadableInARow = 0)
        .recover(
            cause -> {
              if (cause instanceof Pace.Stopped) {
                return Future.failedFuture(cause);
              }
              count.unreadable(what, cause);
              unreadableInARow++;
              return unreadableInARow >= MOST_UNREADABLE
                  ? Future.failedFuture(cause)
                  : Future.succeededFuture();
            });
  }
}
