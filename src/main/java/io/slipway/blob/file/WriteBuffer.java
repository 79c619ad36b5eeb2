package io.slipway.blob.file;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes batches of heap buffers through one direct buffer per thread: one system call a batch, and
 * no more direct memory than that (the JDK would keep a copy of every buffer's size).
 */
final class WriteBuffer {
  private static final int BYTES = 1024 * 1024;

  private static final ThreadLocal<ByteBuffer> DIRECT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

  private WriteBuffer() {}

  /** Returns the bytes of a buffer without copying them. */
  static ByteBuffer view(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf().nioBuffer();
  }

  /** Writes all bytes at a position of a file; their positions are moved to their ends. */
  static void write(FileChannel file, long position, ByteBuffer[] bytes) throws IOException {
    ByteBuffer direct = DIRECT.get().clear();
    long end = position;
    for (ByteBuffer buffer : bytes) {
      while (buffer.hasRemaining()) {
        int length = Math.min(buffer.remaining(), direct.remaining());
        direct.put(direct.position(), buffer, buffer.position(), length);
        direct.position(direct.position() + length);
        buffer.position(buffer.position() + length);
        if (!direct.hasRemaining()) {
          end = drain(file, end, direct);
        }
      }
    }
    drain(file, end, direct);
  }

  private static long drain(FileChannel file, long position, ByteBuffer direct) throws IOException {
    direct.flip();
    long end = position;
    while (direct.hasRemaining()) {
      end += file.write(direct, end);
    }
    direct.clear();
    return end;
  }
}
