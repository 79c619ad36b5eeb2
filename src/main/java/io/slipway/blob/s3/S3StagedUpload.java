package io.slipway.blob.s3;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stages one upload in S3. Its fields belong to the virtual thread that runs its steps, one at a
 * time; what is stored already is told from any thread.
 */
final class S3StagedUpload implements StagedUpload, PartMemory.Holder {
  /** Bytes at the end of a request that are kept in the session's row. */
  private static final int TAIL = 64 * 1024;

  private final UploadObjects objects;
  private final PartMemory memory;
  private final DigestAlgorithm algorithm;
  private final SerialWork work;
  private final StoredPrefix stored;
  private final PartSender sender;
  private final AtomicBoolean givingWay = new AtomicBoolean();
  private volatile long lastByteNanos = System.nanoTime();

  private @Nullable MessageDigest hash;
  private UploadMark begun;
  private @Nullable PartBuffer filling;
  private @Nullable Throwable broken;
  private boolean unverified;
  private long expected;

  S3StagedUpload(
      UploadObjects objects,
      PartMemory memory,
      SerialWork work,
      DigestAlgorithm algorithm,
      UploadMark mark) {
    this.objects = objects;
    this.memory = memory;
    this.algorithm = algorithm;
    this.work = work;
    this.stored = new StoredPrefix(mark);
    this.sender = new PartSender(objects, memory, stored);
    this.hash = mark.copyOfHash();
    this.begun = mark;
  }

  @Override
  public long size() {
    return stored.mark().size();
  }

  @Override
  public StagedProgress progress() {
    return stored.mark().progress(sender.nextPart());
  }

  @Override
  public void begin(WriterTurn turn, long expectedSize) {
    work.run(
        () -> {
          begun = stored.mark();
          expected = expectedSize;
          sender.begin(turn, expectedSize);
          try {
            sender.requireRoom(expectedSize);
          } catch (RegistryException e) {
            // For the first bytes: nobody waits for the beginning.
            broken = e;
          }
          return true;
        });
  }

  @Override
  public Future<Void> append(List<Buffer> batch) {
    lastByteNanos = System.nanoTime();
    return run(() -> write(batch));
  }

  private void write(List<Buffer> batch) throws Exception {
    requireWorking();
    try {
      for (Buffer buffer : batch) {
        ByteBuffer bytes = ((BufferInternal) buffer).getByteBuf().nioBuffer();
        while (bytes.hasRemaining()) {
          fill(bytes);
        }
      }
    } catch (RuntimeException e) {
      // What is hashed and what is held may differ now: only what is stored counts.
      broken = e;
      requireWorking();
    } catch (InterruptedException e) {
      broken = e;
      throw e;
    }
  }

  private void requireWorking() throws InterruptedException {
    if (failure() != null) {
      // What else is under way may say more of why.
      stored.await();
      throw told(failure());
    }
  }

  private @Nullable Throwable failure() {
    Throwable here = broken;
    Throwable there = stored.failure();
    if (here == null || there == null) {
      return here == null ? there : here;
    }
    return S3Failures.toTell(here, there);
  }

  private static RuntimeException told(@Nullable Throwable failure) {
    return S3Failures.rethrow(
        S3Failures.translate(Objects.requireNonNull(failure), "store a part of an upload"));
  }

  /** Takes bytes until a buffer or a part is full. */
  private void fill(ByteBuffer bytes) throws InterruptedException {
    PartBuffer part = withRoom();
    long wanted = Math.min(sender.missing() - part.size(), part.room());
    ByteBuffer taken = bytes.slice(bytes.position(), (int) Math.min(wanted, bytes.remaining()));
    bytes.position(bytes.position() + taken.remaining());
    if (hash != null) {
      hash.update(taken.duplicate());
    }
    part.put(taken);
    if (part.size() == sender.missing()) {
      sender.sendPart(handOver(part), UploadMark.copy(hash));
    }
  }

  private PartBuffer withRoom() throws InterruptedException {
    PartBuffer part = filling;
    if (part == null) {
      return firstBuffer();
    }
    if (part.room() > 0) {
      return part;
    }
    int more = PartMemory.chunks(sender.missing()) - part.taken();
    if (memory.tryTake(more)) {
      part.grow(more);
      return part;
    }
    // Nobody waits while holding: what is here becomes a piece, and is read back for its part.
    sender.sendPiece(handOver(part), UploadMark.copy(hash));
    int whole = PartMemory.chunks(sender.missing());
    memory.take(whole);
    return hold(new PartBuffer(memory, whole));
  }

  private PartBuffer firstBuffer() throws InterruptedException {
    sender.reopen(UploadMark.copy(hash));
    long left = expected < 0 ? 0 : expected - begun.size();
    int whole = PartMemory.chunks(Math.clamp(left, 1, sender.missing()));
    int count = whole;
    if (!memory.tryTake(whole)) {
      count = 1;
      memory.take(count);
    }
    // Held before it is used: there may be no memory for the first byte.
    PartBuffer part = hold(new PartBuffer(memory, count));
    part.put(ByteBuffer.wrap(sender.takeTail().getBytes()));
    return part;
  }

  private PartBuffer hold(PartBuffer part) {
    filling = part;
    memory.add(this);
    return part;
  }

  private PartBuffer handOver(PartBuffer part) {
    memory.remove(this);
    filling = null;
    return part;
  }

  @Override
  public long idleNanos() {
    return System.nanoTime() - lastByteNanos;
  }

  @Override
  public void giveWay() {
    if (givingWay.compareAndSet(false, true)) {
      work.run(
          () -> {
            givingWay.set(false);
            if (filling != null && filling.size() > 0 && broken == null) {
              sender.sendPiece(handOver(filling), UploadMark.copy(hash));
            }
            return true;
          });
    }
  }

  @Override
  public Future<Void> truncate(long to) {
    return run(
        () -> {
          stored.await();
          UploadMark mark = stored.mark();
          if (to != begun.size() && to != mark.size()) {
            throw new IllegalStateException(
                "tried to cut the upload at " + to + " but it was not there at " + begun.size());
          }
          goBack(to == begun.size() ? begun : mark);
        });
  }

  @Override
  public Future<Void> release() {
    return run(
        () -> {
          PartBuffer rest = filling;
          if (rest != null && broken == null) {
            handOver(rest);
            if (rest.size() <= TAIL) {
              sender.keepTail(rest, UploadMark.copy(hash));
            } else {
              sender.sendPiece(rest, UploadMark.copy(hash));
            }
          }
          settle();
        });
  }

  @Override
  public Future<Optional<Digest>> digest(DigestAlgorithm wanted) {
    return work.run(
        () -> {
          MessageDigest copy = UploadMark.copy(hash);
          unverified = copy == null || wanted != algorithm;
          return copy == null || unverified
              ? Optional.empty()
              : Optional.of(Digest.of(algorithm, copy));
        });
  }

  @Override
  public Future<Void> sync() {
    return run(
        () -> {
          if (broken == null && stored.failure() == null) {
            PartBuffer rest = filling;
            try {
              sender.close(rest == null ? null : handOver(rest), unverified, UploadMark.copy(hash));
            } catch (Exception e) {
              broken = e;
            }
          }
          settle();
        });
  }

  /** Waits for everything under way; when not all of it was stored, the rest is forgotten. */
  private void settle() throws InterruptedException {
    stored.await();
    Throwable failure = failure();
    if (failure != null) {
      goBack(stored.mark());
      throw told(failure);
    }
  }

  private void goBack(UploadMark mark) {
    if (filling != null) {
      handOver(filling).free();
    }
    broken = null;
    UploadMark clean = new UploadMark(mark.layout().asLittered(), mark.hash());
    hash = clean.copyOfHash();
    stored.reset(clean);
    sender.reset(clean.layout());
  }

  @Override
  public Future<Boolean> publish(Digest digest, Naming naming) {
    return work.run(() -> assemble(digest)).compose(naming::name);
  }

  /** Returns the key of an object with all bytes; harmless twice. */
  private String assemble(Digest digest) throws InterruptedException {
    Layout layout = stored.mark().layout();
    String location = layout.object();
    if (location == null) {
      objects.complete(layout);
      location = objects.key();
    }
    if (layout.unverified()) {
      objects.verify(location, layout.size(), digest);
    }
    return location;
  }

  private Future<Void> run(Step step) {
    Callable<Boolean> callable =
        () -> {
          step.run();
          return true;
        };
    return work.run(callable).mapEmpty();
  }

  /** A step that waits. */
  private interface Step {
    void run() throws Exception;
  }
}
