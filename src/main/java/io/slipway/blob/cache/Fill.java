package io.slipway.blob.cache;

import io.netty.buffer.ByteBuf;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One read of a cold blob into a file, as fast as the disk takes it; it waits for readers only for
 * moments, see {@link FillLead}. It ends when the last of its readers has gone. Readers may join
 * and leave on any thread.
 */
final class Fill {
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
  private final SerialWork hashing;
  private final List<FillStep> steps;
  private final Promise<Void> begun = Promise.promise();
  private final Set<FillReader> readers = new HashSet<>();
  private final RecentBytes recent = new RecentBytes();
  private final FillLead lead;
  private volatile State state = State.FILLING;
  private volatile long written;
  private volatile @Nullable Throwable cause;

  // Of the context.
  private boolean paused;
  private boolean arrivedAll;
  private boolean verifying;
  private @Nullable BlobStream source;

  /**
   * Makes one that does nothing yet.
   *
   * @param work uses the file, and does nothing else
   * @param hashing hashes, and does nothing else
   * @param ended told once, on any thread, that the state has changed
   */
  Fill(
      Digest digest,
      long size,
      FillFile file,
      SerialWork work,
      SerialWork hashing,
      Context context,
      Consumer<Fill> ended) {
    this.digest = digest;
    this.size = size;
    this.file = file;
    this.work = work;
    this.context = context;
    this.ended = ended;
    this.hash = digest.algorithm().newMessageDigest();
    this.hashing = hashing;
    this.lead = new FillLead(context.owner(), context, this::goOn);
    this.steps = List.of(step(work, this::write), step(hashing, this::hash));
  }

  private FillStep step(SerialWork thread, FillStep.Work taken) {
    return new FillStep(
        thread,
        taken,
        new FillStep.Listener() {
          @Override
          public void progressed() {
            context.runOnContext(ignored -> goOn());
          }

          @Override
          public void failed(Throwable failure) {
            end(State.DISK_FAILED, failure);
          }
        });
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
    for (FillStep step : steps) {
      step.add(bytes);
      if (step.isFull()) {
        paused = true;
      }
    }
    if (lead.isTooFar(recent.end())) {
      paused = true;
    }
    if (paused) {
      stream.pause();
    }
    tellReaders();
  }

  private void goOn() {
    if (arrivedAll && !verifying && steps.stream().allMatch(FillStep::isIdle)) {
      verifying = true;
      verify();
    } else if (paused
        && source != null
        && !lead.isWaiting()
        && steps.stream().noneMatch(FillStep::isFull)) {
      paused = false;
      source.resume();
    }
  }

  private void write(ByteBuf bytes) throws IOException {
    if (state != State.FILLING) {
      return;
    }
    file.write(bytes, written);
    long end = written + bytes.readableBytes();
    written = end;
    forget();
  }

  private void forget() {
    // The last bytes are kept: everybody waits for them, and can have them as soon as they are
    // right.
    recent.forgetBefore(Math.min(lead.passedBy(written), size - HELD_BACK));
  }

  /** Hears that a reader has been given everything before a position. */
  void reached(long position) {
    lead.reached(position);
    forget();
  }

  private void hash(ByteBuf bytes) {
    if (state == State.FILLING) {
      for (ByteBuffer part : bytes.nioBuffers()) {
        hash.update(part);
      }
    }
  }

  private void arrivedAll() {
    arrivedAll = true;
    goOn();
  }

  private void verify() {
    hashing
        .run(() -> Digest.of(digest.algorithm(), hash))
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
    context.runOnContext(ignored -> stop(how));
    tellReaders();
    ended.accept(this);
  }

  private void stop(State how) {
    if (how == State.VERIFIED) {
      context.owner().setTimer(FillLead.PATIENCE_MILLIS, ignored -> forgetFile());
      return;
    }
    forgetFile();
    if (source != null) {
      source.cancel();
    }
  }

  /** Whoever has not read the end by now may never: only what is not in the file is kept for it. */
  private void forgetFile() {
    lead.stop();
    forget();
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
