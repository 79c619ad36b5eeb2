package io.slipway.blob.file;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes batches of heap buffers through one direct buffer per thread, which bounds the direct
 * memory (the JDK would keep a copy of every buffer's size) and is small enough that the bytes pass
 * while they are in a core's own cache.
 */
final class WriteBuffer {
  private static final int BYTES = 256 * 1024;

  private static final ThreadLocal<ByteBuffer> DIRECT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

  private WriteBuffer() {}

  /** Returns the bytes of a buffer without copying them. */
  private static ByteBuffer view(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf().nioBuffer();
  }

  /**
   * Shows all bytes to a reader and writes them at a position of a file. When it fails, some of
   * them may have been shown and some written.
   */
  static void write(
      FileChannel file, long position, List<Buffer> batch, Consumer<ByteBuffer> reader)
      throws IOException {
    ByteBuffer direct = DIRECT.get().clear();
    long end = position;
    for (Buffer buffer : batch) {
      ByteBuffer bytes = view(buffer);
      while (bytes.hasRemaining()) {
        ByteBuffer part =
            bytes.slice(bytes.position(), Math.min(bytes.remaining(), direct.remaining()));
        reader.accept(part.duplicate());
        bytes.position(bytes.position() + part.remaining());
        direct.put(part);
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
