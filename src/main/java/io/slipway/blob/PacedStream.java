package io.slipway.blob;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream without its source: counts what its reader wants and tells it what happens, each thing
 * once. Belongs to one context.
 */
public abstract class PacedStream implements BlobStream {
  private long demand;
  private boolean over;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;

  /** Hears that the reader wants so many buffers more. */
  protected abstract void wanted(long amount);

  /** Returns how many buffers the reader wants; Long.MAX_VALUE for all there are. */
  protected final long demand() {
    return demand;
  }

  /** Tells whether somebody is there who takes what he wants. */
  protected final boolean hasReader() {
    return handler != null;
  }

  /** Tells whether it has ended, well or not, or was cancelled. */
  protected final boolean isOver() {
    return over;
  }

  /** Gives the reader one buffer. */
  protected final void hand(Buffer bytes) {
    if (demand != Long.MAX_VALUE && demand > 0) {
      demand--;
    }
    if (handler != null) {
      handler.handle(bytes);
    }
  }

  /** Tells the reader that this was all. */
  protected final void end() {
    over = true;
    if (endHandler != null) {
      endHandler.handle(null);
    }
  }

  /** Tells the reader why there is no more, unless it has ended before. */
  protected final void fail(Throwable cause) {
    if (!over) {
      over = true;
      if (exceptionHandler != null) {
        exceptionHandler.handle(cause);
      }
    }
  }

  @Override
  public void cancel() {
    over = true;
  }

  @Override
  public final BlobStream exceptionHandler(@Nullable Handler<Throwable> newHandler) {
    exceptionHandler = newHandler;
    return this;
  }

  @Override
  public final BlobStream handler(@Nullable Handler<Buffer> newHandler) {
    handler = newHandler;
    return this;
  }

  @Override
  public final BlobStream endHandler(@Nullable Handler<Void> newHandler) {
    endHandler = newHandler;
    return this;
  }

  @Override
  public BlobStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public final BlobStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public final BlobStream fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    wanted(amount);
    return this;
  }
}
