package io.slipway.blob.cache;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobStream;
import io.slipway.blob.PacedStream;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Follows a {@link Fill}, in memory where it is close enough and in the growing file where it is
 * not, and goes on from the other machine, at the byte it has reached, when that is to be had no
 * more. Belongs to the context of its reader.
 */
final class FillReader extends PacedStream {
  private static final int READ_BYTES = 128 * 1024;

  private final Context context;
  private final ExecutorService threads;
  private final Fill fill;
  private final BlobContent.Streamed elsewhere;
  private final long end;
  private final AtomicBoolean told = new AtomicBoolean();
  private long position;
  private boolean reading;
  private boolean leftFill;
  private @Nullable Buffer ready;
  private @Nullable BlobStream rest;

  /**
   * Makes a reader that has not joined its fill.
   *
   * @param elsewhere the same bytes, without a file
   */
  FillReader(
      Context context,
      ExecutorService threads,
      Fill fill,
      BlobContent.Streamed elsewhere,
      long offset,
      long length) {
    this.context = context;
    this.threads = threads;
    this.fill = fill;
    this.elsewhere = elsewhere;
    this.position = offset;
    this.end = offset + length;
  }

  /** Looks, on the reader's context, whether there is more to read; for any thread. */
  void look() {
    if (told.compareAndSet(false, true)) {
      context.runOnContext(
          ignored -> {
            told.set(false);
            deliver();
          });
    }
  }

  private void deliver() {
    // After each buffer the reader may have had enough.
    while (!isOver() && !reading && !leftFill && demand() > 0 && hasReader()) {
      Buffer bytes = ready;
      if (bytes != null) {
        ready = null;
        give(bytes);
      } else if (position == end) {
        finish();
      } else if (!readMore()) {
        return;
      }
    }
  }

  /** Tells whether there is more at once. */
  private boolean readMore() {
    Fill.State state = fill.state();
    long readable = Math.min(end, fill.readable());
    if (state == Fill.State.WRONG) {
      failWith(fill.cause());
    } else if (state == Fill.State.DISK_FAILED) {
      // At once: while it has readers a file takes space, though it has no name.
      goOn();
    } else if (position < readable) {
      ready = fill.inMemory(position, (int) Math.min(READ_BYTES, readable - position));
      if (ready != null) {
        return true;
      }
      read((int) Math.min(READ_BYTES, Math.min(readable, fill.written()) - position));
    } else if (state != Fill.State.FILLING) {
      goOn();
    }
    return false;
  }

  private void read(int length) {
    reading = true;
    try {
      threads.execute(() -> readFile(length));
    } catch (RejectedExecutionException e) {
      reading = false;
      goOn();
    }
  }

  private void readFile(int length) {
    Buffer bytes;
    try {
      bytes = fill.file().read(position, length);
    } catch (Exception | Error e) {
      context.runOnContext(ignored -> arrived(null));
      return;
    }
    context.runOnContext(ignored -> arrived(bytes));
  }

  private void arrived(@Nullable Buffer bytes) {
    reading = false;
    if (isOver()) {
      leaveFill();
    } else if (bytes == null) {
      goOn();
    } else {
      ready = bytes;
      deliver();
    }
  }

  private void give(Buffer bytes) {
    position += bytes.length();
    if (!leftFill) {
      fill.reached(position);
    }
    hand(bytes);
  }

  private void finish() {
    leaveFill();
    end();
  }

  private void failWith(@Nullable Throwable cause) {
    if (!isOver()) {
      leaveFill();
      fail(
          cause != null
              ? cause
              : new RegistryException(ErrorCode.UNAVAILABLE, "tried to read a blob in vain"));
    }
  }

  /** Reads the rest without the file. */
  private void goOn() {
    leaveFill();
    elsewhere.read(position, end - position).onComplete(this::follow, this::failWith);
  }

  private void follow(BlobStream stream) {
    if (isOver()) {
      stream.cancel();
      return;
    }
    rest = stream;
    stream.exceptionHandler(this::failWith);
    stream.endHandler(ignored -> finish());
    stream.handler(this::give);
    if (demand() > 0) {
      stream.fetch(demand());
    }
  }

  private void leaveFill() {
    leftFill = true;
    fill.leave(this);
  }

  @Override
  public void cancel() {
    super.cancel();
    if (rest != null) {
      rest.cancel();
    }
    if (!reading) {
      leaveFill();
    }
  }

  @Override
  public BlobStream pause() {
    if (rest != null) {
      rest.pause();
    }
    return super.pause();
  }

  @Override
  protected void wanted(long amount) {
    if (rest != null) {
      rest.fetch(amount);
    }
    deliver();
  }
}
