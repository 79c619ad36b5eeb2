package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.slipway.oci.Digest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A file that one writes and many read meanwhile, by one descriptor, so that its name does not
 * matter to them; the last of its users closes it. Its methods block, but for counting users.
 */
final class FillFile {
  private final CacheFolder folder;
  private final Executor threads;
  private int users = 1;
  private @Nullable Path path;
  private @Nullable FileChannel channel;

  /**
   * Makes one that is not open yet and has one user, its writer.
   *
   * @param threads close it: that takes time when it has no name any more, and a user has none
   */
  FillFile(CacheFolder folder, Executor threads) {
    this.folder = folder;
    this.threads = threads;
  }

  void open() throws IOException {
    Path unfinished = folder.unfinished();
    FileChannel opened =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    synchronized (this) {
      path = unfinished;
      channel = opened;
    }
  }

  /** Counts one more user; false when the last has gone. */
  synchronized boolean join() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** Lets one user go. */
  void leave() {
    FileChannel unused;
    synchronized (this) {
      unused = --users == 0 ? channel : null;
    }
    if (unused != null) {
      try {
        threads.execute(() -> close(unused));
      } catch (RejectedExecutionException e) {
        close(unused);
      }
    }
  }

  private static void close(FileChannel unused) {
    try {
      unused.close();
    } catch (IOException ignored) {
      // What was to be kept has been synced.
    }
  }

  private synchronized FileChannel channel() throws IOException {
    if (channel == null) {
      throw new IOException("the file is not open");
    }
    return channel;
  }

  /** Writes all of a buffer. */
  void write(ByteBuf bytes, long position) throws IOException {
    FileChannel opened = channel();
    long at = position;
    for (ByteBuffer part : bytes.nioBuffers()) {
      while (part.hasRemaining()) {
        at += opened.write(part, at);
      }
    }
  }

  /** Reads bytes that were written, all of them. */
  Buffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    FileChannel opened = channel();
    while (bytes.hasRemaining()) {
      if (opened.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("a file of the cache became shorter");
      }
    }
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.flip()));
  }

  /** Makes the bytes durable. */
  void sync() throws IOException {
    channel().force(true);
  }

  /** Makes the file the blob's, unless its name is gone. */
  void publish(Digest digest) throws IOException {
    folder.publish(name(), digest);
  }

  private synchronized Path name() throws IOException {
    if (path == null) {
      throw new IOException("the file has no name");
    }
    return path;
  }

  /** Deletes the file by its first name, if it ever had one. */
  void delete() throws IOException {
    Path unfinished;
    synchronized (this) {
      unfinished = path;
    }
    if (unfinished != null) {
      Files.deleteIfExists(unfinished);
    }
  }
}
