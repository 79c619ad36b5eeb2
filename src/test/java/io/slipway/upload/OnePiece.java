package io.slipway.upload;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A body that comes in one piece, and then ends or stays open. */
final class OnePiece implements ReadStream<Buffer> {
  private final boolean ends;
  private @Nullable Buffer piece;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private boolean paused;

  OnePiece(Buffer piece, boolean ends) {
    this.piece = piece;
    this.ends = ends;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> exceptionHandler) {
    return this;
  }

  @Override
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> newHandler) {
    handler = newHandler;
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> newHandler) {
    endHandler = newHandler;
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    paused = true;
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    paused = false;
    Objects.requireNonNull(Vertx.currentContext()).runOnContext(ignored -> flow());
    return this;
  }

  private void flow() {
    Buffer next = piece;
    Handler<Buffer> reader = handler;
    if (paused || next == null || reader == null) {
      return;
    }
    piece = null;
    reader.handle(next);
    Handler<Void> end = endHandler;
    if (ends && end != null) {
      end.handle(null);
    }
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    return resume();
  }
}
