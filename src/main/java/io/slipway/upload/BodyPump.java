package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves one body into a staged upload: in batches, and with the body paused while more than {@link
 * #HIGH_WATER} bytes wait to be written, or its share of the memory where that is scarce. Belongs
 * to the context of the request.
 */
final class BodyPump {
  /** A batch is written when it has so many bytes … */
  static final int BATCH = 1024 * 1024;

  /** … or so many while no other batch is being written. */
  static final int EAGER_BATCH = 256 * 1024;

  static final int HIGH_WATER = 4 * 1024 * 1024;
  static final int LOW_WATER = 2 * 1024 * 1024;

  private final UploadBody body;
  private final StagedUpload staged;
  private final long limit;
  private final UploadMemory memory;
  private final Promise<Void> done = Promise.promise();

  private List<Buffer> batch = new ArrayList<>();
  private int batchBytes;
  private int waitingBytes;
  private int writes;
  private long received;
  private boolean paused;
  private volatile boolean ended;
  private @Nullable Throwable failure;
  private volatile long lastByteNanos = System.nanoTime();

  /**
   * Makes a pump.
   *
   * @param limit how many bytes the body must have; negative when that is not known
   * @param memory shared with all other pumps
   */
  BodyPump(UploadBody body, StagedUpload staged, long limit, UploadMemory memory) {
    this.body = body;
    this.staged = staged;
    this.limit = limit;
    this.memory = memory;
  }

  /**
   * Runs until the body has ended and every byte is stored. When the body breaks off, or the pump
   * is stopped, the future fails after what had arrived by then is stored.
   */
  Future<Void> run() {
    memory.join();
    body.read(this::take, this::end, this::stop);
    return done.future().onComplete(ignored -> memory.leave());
  }

  /** Returns for how many nanoseconds nothing has arrived. */
  long idleNanos() {
    return System.nanoTime() - lastByteNanos;
  }

  /** Tells whether it takes no more bytes. */
  boolean isEnding() {
    return ended;
  }

  private void take(Buffer bytes) {
    lastByteNanos = System.nanoTime();
    received += bytes.length();
    if (limit >= 0 && received > limit) {
      stop(wrongSize());
      return;
    }
    batch.add(bytes);
    batchBytes += bytes.length();
    waitingBytes += bytes.length();
    memory.take(bytes.length());
    // One look for both: what pauses the body has begun a write, whose end resumes it.
    long share = memory.share();
    if (batchBytes >= BATCH || (writes == 0 && batchBytes >= eager(share))) {
      flush();
    }
    if (!paused && waitingBytes > bound(share, HIGH_WATER)) {
      paused = true;
      body.pause();
    }
  }

  private static long eager(long share) {
    return Math.min(EAGER_BATCH, share);
  }

  private static long bound(long share, long mark) {
    return share == Long.MAX_VALUE ? mark : eager(share);
  }

  private void end() {
    if (limit >= 0 && received < limit) {
      failure = wrongSize();
    }
    ended = true;
    flush();
    finishIfIdle();
  }

  /** Ends the pump before the body has ended. */
  void stop(Throwable cause) {
    if (!ended) {
      body.leave();
      failure = cause;
      ended = true;
      flush();
      finishIfIdle();
    }
  }

  private RegistryException wrongSize() {
    return new RegistryException(
        ErrorCode.SIZE_INVALID,
        "tried to store a chunk of " + limit + " bytes but its body had another length");
  }

  private void flush() {
    if (batch.isEmpty()) {
      return;
    }
    List<Buffer> full = batch;
    int bytes = batchBytes;
    batch = new ArrayList<>();
    batchBytes = 0;
    writes++;
    staged
        .append(full)
        .onComplete(
            result -> {
              writes--;
              waitingBytes -= bytes;
              memory.giveBack(bytes);
              if (result.failed()) {
                stop(result.cause());
                // It may have been stopped before: what could not be stored says more.
                failure = result.cause();
              }
              afterWrite();
            });
  }

  private void afterWrite() {
    if (ended) {
      finishIfIdle();
    } else {
      long share = memory.share();
      if (writes == 0 && batchBytes >= eager(share)) {
        flush();
      }
      if (paused && waitingBytes < bound(share, LOW_WATER)) {
        paused = false;
        body.resume();
      }
    }
  }

  private void finishIfIdle() {
    if (writes == 0) {
      if (failure == null) {
        done.tryComplete();
      } else {
        done.tryFail(failure);
      }
    }
  }
}
