package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of what has come of a blob, in memory: who follows closely needs no file. Thread-safe;
 * its buffers are never changed.
 */
final class RecentBytes {
  private final Deque<Buffer> parts = new ArrayDeque<>();
  private long start;
  private long end;

  /** Adds what came next. */
  synchronized void add(Buffer part) {
    parts.addLast(part);
    end += part.length();
  }

  /** Returns how many bytes have come. */
  synchronized long end() {
    return end;
  }

  /** Forgets what lies before a position, as far as it came in one buffer. */
  synchronized void forgetBefore(long position) {
    for (Buffer first = parts.peekFirst();
        first != null && start + first.length() <= position;
        first = parts.peekFirst()) {
      start += first.length();
      parts.removeFirst();
    }
  }

  /** Returns bytes from a position on, at most so many; null when they are forgotten. */
  synchronized @Nullable Buffer read(long position, int atMost) {
    if (position < start || position >= end) {
      return null;
    }
    List<ByteBuf> found = new ArrayList<>();
    long from = start;
    long left = atMost;
    for (Buffer part : parts) {
      int skipped = (int) Math.min(part.length(), Math.max(0, position - from));
      int length = (int) Math.min(left, part.length() - skipped);
      if (length > 0) {
        found.add(((BufferInternal) part).getByteBuf().slice(skipped, length));
        left -= length;
      }
      from += part.length();
    }
    return BufferInternal.buffer(Unpooled.wrappedBuffer(found.toArray(ByteBuf[]::new)));
  }
}
