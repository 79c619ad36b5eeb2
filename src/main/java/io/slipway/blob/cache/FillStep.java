package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.slipway.blob.SerialWork;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the two things that a {@link Fill} does with every byte, in order and on a thread of its
 * own, so that neither waits for the other. Belongs to the context of its fill.
 */
final class FillStep {
  /** Bytes that may wait, beyond those in work. */
  private static final int WINDOW = 512 * 1024;

  /** What is done with bytes; it blocks. */
  interface Work {
    void take(ByteBuf bytes) throws Exception;
  }

  /** Who wants to know how it goes, on the context. */
  interface Listener {
    void progressed();

    void failed(Throwable cause);
  }

  private final SerialWork thread;
  private final Work work;
  private final Listener listener;
  private final List<ByteBuf> next = new ArrayList<>();
  private int waiting;
  private boolean working;

  /**
   * Makes one that has nothing to do.
   *
   * @param thread runs it, and nothing that takes long
   */
  FillStep(SerialWork thread, Work work, Listener listener) {
    this.thread = thread;
    this.work = work;
    this.listener = listener;
  }

  /** Queues bytes, which are not changed any more. */
  void add(Buffer bytes) {
    next.add(((BufferInternal) bytes).getByteBuf());
    waiting += bytes.length();
    if (!working) {
      takeWhatCame();
    }
  }

  /** Tells whether no more should come for a while. */
  boolean isFull() {
    return waiting > WINDOW;
  }

  boolean isIdle() {
    return !working;
  }

  /** Everything since the last time at once: each step wakes a thread. */
  private void takeWhatCame() {
    ByteBuf bytes = Unpooled.wrappedBuffer(next.toArray(ByteBuf[]::new));
    next.clear();
    int length = bytes.readableBytes();
    working = true;
    thread.run(() -> done(bytes)).onComplete(ignored -> took(length), listener::failed);
  }

  private @Nullable Void done(ByteBuf bytes) throws Exception {
    work.take(bytes);
    return null;
  }

  private void took(int length) {
    waiting -= length;
    working = false;
    if (!next.isEmpty()) {
      takeWhatCame();
    }
    listener.progressed();
  }
}
