package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobStream;
import io.slipway.blob.SerialWork;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One read of a cold blob into a file, as fast as the disk takes it, whoever follows. It ends when
 * the last of its readers has gone. Readers may join and leave on any thread.
 */
final class Fill {
  /** Bytes that may wait for the disk. */
  private static final int WINDOW = 512 * 1024;

  /**
   * The last bytes are given to nobody before the digest of all was right, so that no answer ends
   * well with wrong bytes.
   */
  static final int HELD_BACK = 64 * 1024;

  /** How a fill stands; only the first changes. */
  enum State {
    FILLING,
    /** Every byte is in the file, and right. */
    VERIFIED,
    /** The bytes are not what they are named. */
    WRONG,
    /** The other machine failed for longer than is waited for. */
    SOURCE_FAILED,
    /** The file could not be made or written; the disk is full, for example. */
    DISK_FAILED,
    /** Nobody wanted it any more. */
    LEFT
  }

  private final Digest digest;
  private final long size;
  private final FillFile file;
  private final SerialWork work;
  private final Context context;
  private final Consumer<Fill> ended;
  private final MessageDigest hash;
  private final Promise<Void> begun = Promise.promise();
  private final Set<FillReader> readers = new HashSet<>();
  private final RecentBytes recent = new RecentBytes();
  private volatile State state = State.FILLING;
  private volatile long written;
  private volatile @Nullable Throwable cause;

  // Of the context.
  private long arrived;
  private int waiting;
  private boolean writing;
  private boolean arrivedAll;
  private final List<ByteBuf> unwritten = new ArrayList<>();
  private @Nullable BlobStream source;

  /**
   * Makes one that does nothing yet.
   *
   * @param work runs its blocking steps, and nothing else
   * @param ended told once, on any thread, that the state has changed
   */
  Fill(
      Digest digest,
      long size,
      FillFile file,
      SerialWork work,
      Context context,
      Consumer<Fill> ended) {
    this.digest = digest;
    this.size = size;
    this.file = file;
    this.work = work;
    this.context = context;
    this.ended = ended;
    this.hash = digest.algorithm().newMessageDigest();
  }

  Digest digest() {
    return digest;
  }

  long size() {
    return size;
  }

  State state() {
    return state;
  }

  /** Returns why it ended; null when it was left, or is right. */
  @Nullable Throwable cause() {
    return cause;
  }

  FillFile file() {
    return file;
  }

  SerialWork work() {
    return work;
  }

  /** Returns how many bytes may be read. */
  long readable() {
    return state == State.VERIFIED ? size : Math.min(recent.end(), size - HELD_BACK);
  }

  /** Returns how many bytes are in the file, if it can be read. */
  long written() {
    return written;
  }

  /** Returns bytes that may be read; null when they are to be read from the file. */
  @Nullable Buffer inMemory(long position, int length) {
    return recent.read(position, length);
  }

  /** Begins to read; a reader has joined before. */
  void start(BlobContent.Streamed content) {
    context.runOnContext(
        ignored ->
            work.run(
                    () -> {
                      file.open();
                      return true;
                    })
                .onComplete(opened -> read(content), this::withoutFile));
  }

  /** Readers who wait go on without it. */
  private void withoutFile(Throwable failure) {
    end(State.DISK_FAILED, failure);
    begun.complete();
  }

  private void read(BlobContent.Streamed content) {
    if (state == State.FILLING) {
      content.read(0, size).onComplete(this::begin, this::refused);
    } else {
      begun.complete();
    }
  }

  private void refused(Throwable failure) {
    end(State.SOURCE_FAILED, failure);
    begun.fail(failure);
  }

  private void begin(BlobStream stream) {
    begun.complete();
    if (state != State.FILLING) {
      stream.cancel();
      return;
    }
    source = stream;
    stream.exceptionHandler(failure -> end(State.SOURCE_FAILED, failure));
    stream.endHandler(ignored -> arrivedAll());
    stream.handler(this::take);
    stream.resume();
  }

  private void take(Buffer bytes) {
    BlobStream stream = source;
    if (state != State.FILLING || stream == null) {
      return;
    }
    recent.add(bytes);
    unwritten.add(((BufferInternal) bytes).getByteBuf());
    waiting += bytes.length();
    if (waiting > WINDOW) {
      stream.pause();
    }
    if (!writing) {
      writeWhatCame(stream);
    }
    tellReaders();
  }

  /** Everything since the last time at once: each step wakes a thread. */
  private void writeWhatCame(BlobStream stream) {
    ByteBuf bytes = Unpooled.wrappedBuffer(unwritten.toArray(ByteBuf[]::new));
    unwritten.clear();
    long position = arrived;
    int length = bytes.readableBytes();
    arrived += length;
    writing = true;
    work.run(
            () -> {
              write(bytes, position);
              return true;
            })
        .onComplete(ignored -> wrote(stream, length), failure -> end(State.DISK_FAILED, failure));
  }

  private void wrote(BlobStream stream, int length) {
    boolean full = waiting > WINDOW;
    waiting -= length;
    writing = false;
    if (!unwritten.isEmpty()) {
      writeWhatCame(stream);
    } else if (arrivedAll) {
      verify();
    }
    if (full && waiting <= WINDOW) {
      stream.resume();
    }
  }

  private void write(ByteBuf bytes, long position) throws IOException {
    if (state != State.FILLING) {
      return;
    }
    file.write(bytes, position);
    for (var part : bytes.nioBuffers()) {
      hash.update(part);
    }
    written = position + bytes.readableBytes();
    // The last bytes are kept: everybody waits for them, and can have them as soon as they are
    // right.
    recent.forgetBefore(Math.min(written, size - HELD_BACK));
  }

  private void arrivedAll() {
    arrivedAll = true;
    if (!writing) {
      verify();
    }
  }

  private void verify() {
    work.run(() -> Digest.of(digest.algorithm(), hash))
        .onComplete(this::compare, failure -> end(State.DISK_FAILED, failure));
  }

  private void compare(Digest found) {
    if (found.equals(digest)) {
      end(State.VERIFIED, null);
    } else {
      String sentence =
          "tried to read the blob " + digest + " but the object store has other bytes, of " + found;
      end(State.WRONG, new RegistryException(ErrorCode.UNAVAILABLE, sentence));
    }
  }

  /** Ends it for a reason that comes from outside. */
  void abandon() {
    end(State.LEFT, null);
  }

  private void end(State how, @Nullable Throwable why) {
    synchronized (this) {
      if (state != State.FILLING) {
        return;
      }
      cause = why;
      state = how;
    }
    if (how != State.VERIFIED) {
      context.runOnContext(ignored -> stop());
    }
    tellReaders();
    ended.accept(this);
  }

  private void stop() {
    if (source != null) {
      source.cancel();
    }
  }

  private void tellReaders() {
    List<FillReader> all;
    synchronized (this) {
      all = List.copyOf(readers);
    }
    all.forEach(FillReader::look);
  }

  /**
   * Adds a reader, who must leave.
   *
   * @return when there is something to wait for; the failure of the other machine, or null when
   *     there is nothing to follow any more
   */
  synchronized @Nullable Future<Void> join(FillReader reader) {
    if ((state != State.FILLING && state != State.VERIFIED) || !file.join()) {
      return null;
    }
    readers.add(reader);
    return begun.future();
  }

  /** Lets a reader go. */
  void leave(FillReader reader) {
    boolean last;
    synchronized (this) {
      if (!readers.remove(reader)) {
        return;
      }
      // What has come from the other machine in whole is kept, though nobody waits for it.
      last = readers.isEmpty() && written < size;
    }
    if (last) {
      end(State.LEFT, null);
    }
    file.leave();
  }
}
