package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.blob.WriterTurn;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request that writes to a session, from its begin to its last checkpoint. */
final class Writing {
  private final Vertx vertx;
  private final Uploads uploads;
  private final UploadMemory memory;
  private final Duration beat;
  private final Context context;
  private final Promise<Void> left = Promise.promise();

  private @Nullable UploadRow row;
  private @Nullable StagedUpload staged;
  private volatile @Nullable BodyPump pump;
  private volatile boolean leaving;
  private volatile boolean stopped;

  /**
   * Makes one that has not begun.
   *
   * @param beat how often it tells that it lives
   */
  Writing(Vertx vertx, Uploads uploads, UploadMemory memory, Duration beat) {
    this.vertx = vertx;
    this.uploads = uploads;
    this.memory = memory;
    this.beat = beat;
    this.context = vertx.getOrCreateContext();
  }

  /** Says what it writes to, once the session's row named it the writer. */
  Writing began(UploadRow begun, StagedUpload bytes) {
    row = begun;
    staged = bytes;
    return this;
  }

  UploadRow row() {
    return Objects.requireNonNull(row);
  }

  StagedUpload staged() {
    return Objects.requireNonNull(staged);
  }

  /**
   * Stores a body; a checkpoint is made with every beat since which bytes came, and while the last
   * of them are being stored.
   *
   * @param limit how many bytes it must have; negative when that is not known
   */
  Future<Void> receive(UploadBody body, long limit) {
    long expected = body.length().isPresent() ? row().size() + body.length().getAsLong() : -1;
    staged()
        .begin(new WriterTurn(row().epoch(), row().progress().nextPart(), this::record), expected);
    BodyPump newPump = new BodyPump(body, staged(), limit, memory);
    pump = newPump;
    if (stopped) {
      stop();
    }
    long timer = vertx.setPeriodic(beat.toMillis(), ignored -> beat(newPump));
    return newPump.run().onComplete(ignored -> vertx.cancelTimer(timer));
  }

  private void beat(BodyPump current) {
    if (current.isEnding() || current.idleNanos() < beat.toNanos()) {
      checkpoint(current);
    }
  }

  /** Writes how far it is, and stops when somebody took over. */
  private Future<Void> checkpoint(@Nullable BodyPump current) {
    return uploads
        .checkpoint(row().id(), row().epoch(), Progress.of(staged()), false)
        .compose(
            ours -> {
              if (ours) {
                return Future.succeededFuture();
              }
              UploadStoppedException stopped = new UploadStoppedException();
              if (current != null) {
                current.stop(stopped);
              }
              return Future.failedFuture(stopped);
            });
  }

  private Future<Void> record() {
    Promise<Void> recorded = Promise.promise();
    context.runOnContext(ignored -> checkpoint(pump).onComplete(recorded));
    return recorded.future();
  }

  /** Asks it to stop, from any thread; what arrived is still stored. */
  void stop() {
    // First, for one that has no pump yet looks at it when it has.
    stopped = true;
    BodyPump current = pump;
    if (current != null) {
      context.runOnContext(ignored -> current.stop(new UploadStoppedException()));
    }
  }

  long idleNanos() {
    BodyPump current = pump;
    return current == null ? 0 : current.idleNanos();
  }

  /** Tells whether it will have left soon, without anybody asking. */
  boolean isLeaving() {
    BodyPump current = pump;
    return leaving || (current != null && current.isEnding());
  }

  void leaving() {
    leaving = true;
  }

  /** Completes when it has left, on the context of its request. */
  Future<Void> left() {
    return left.future();
  }

  void hasLeft() {
    left.tryComplete();
  }
}
