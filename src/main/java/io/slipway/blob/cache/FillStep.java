package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.slipway.blob.SerialWork;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One of the two things that a {@link Fill} does with every byte, in order and on a thread of its
 * own, so that neither waits for the other, nor for the event loop while there is more. Its methods
 * are called on the context of its fill.
 */
final class FillStep {
  /** Bytes that may wait, those in work included. */
  private static final int WINDOW = 1024 * 1024;

  /** From here on more may come: earlier would be one byte at a time, later would be a wait. */
  private static final int ENOUGH = WINDOW / 2;

  /** Bytes that are taken at once, about: what they took is free again after them. */
  private static final int BATCH = 256 * 1024;

  /** What is done with bytes; it blocks. */
  interface Work {
    void take(ByteBuf bytes) throws Exception;
  }

  /** Who wants to know how it goes. */
  interface Listener {
    /** Called on any thread: more may come, or nothing is left. */
    void progressed();

    /** Called on the context. */
    void failed(Throwable cause);
  }

  private final SerialWork thread;
  private final Work work;
  private final Listener listener;

  // Guarded by this.
  private final Queue<ByteBuf> next = new ArrayDeque<>();
  private int waiting;
  private boolean full;
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
    synchronized (this) {
      next.add(((BufferInternal) bytes).getByteBuf());
      waiting += bytes.length();
      full = full || waiting > WINDOW;
      if (working) {
        return;
      }
      working = true;
    }
    thread.run(this::takeAll).onFailure(listener::failed);
  }

  /** Tells whether no more should come for a while. */
  synchronized boolean isFull() {
    return full;
  }

  synchronized boolean isIdle() {
    return !working;
  }

  private @Nullable Void takeAll() throws Exception {
    for (ByteBuf bytes = batch(); bytes != null; bytes = batch()) {
      work.take(bytes);
      if (opens(bytes.readableBytes())) {
        listener.progressed();
      }
    }
    listener.progressed();
    return null;
  }

  private synchronized @Nullable ByteBuf batch() {
    List<ByteBuf> parts = new ArrayList<>();
    int length = 0;
    while (length < BATCH && !next.isEmpty()) {
      ByteBuf part = next.remove();
      parts.add(part);
      length += part.readableBytes();
    }
    working = !parts.isEmpty();
    return working ? Unpooled.wrappedBuffer(parts.toArray(ByteBuf[]::new)) : null;
  }

  /** Counts bytes as taken; tells whether more may come that might not before. */
  private synchronized boolean opens(int length) {
    waiting -= length;
    boolean opens = full && waiting <= ENOUGH;
    full = full && !opens;
    return opens;
  }
}
