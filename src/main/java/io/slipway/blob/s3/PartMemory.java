package io.slipway.blob.s3;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of all uploads of a node for bytes on their way to S3, in direct chunks. Thread-safe.
 *
 * <p>Who waits for it must hold none of it that nobody else gives back: otherwise all could wait
 * for each other.
 */
final class PartMemory {
  private static final Logger LOG = LoggerFactory.getLogger(PartMemory.class);

  static final int CHUNK = 1024 * 1024;

  private static final long LOOK_MILLIS = 250;

  /** So many times as long as a silent client a slow one may keep others waiting. */
  private static final int SLOW = 2;

  private final Supplier<ByteBuffer> source;
  private final Duration idle;
  private final int chunks;
  private final Semaphore free;

  /** Who has it waits for memory, the others behind it for this. */
  private final Semaphore turn = new Semaphore(1, true);

  private final Deque<ByteBuffer> unused = new ConcurrentLinkedDeque<>();

  /** With the moment at which each began to hold what it has, or was last asked to give way. */
  private final Map<Holder, Long> holders = new ConcurrentHashMap<>();

  private final AtomicInteger waiting = new AtomicInteger();
  private final Timer waits;

  /**
   * Makes memory that is taken from the system as it is used.
   *
   * @param idle a client that brings nothing for so long gives way to others, and one that has held
   *     memory for twice as long without filling it
   */
  PartMemory(long bytes, Duration idle, MeterRegistry meters) {
    this(bytes, idle, meters, () -> ByteBuffer.allocateDirect(CHUNK));
  }

  /**
   * Makes memory that comes from elsewhere.
   *
   * @param source makes a chunk
   */
  PartMemory(long bytes, Duration idle, MeterRegistry meters, Supplier<ByteBuffer> source) {
    this.source = source;
    this.idle = idle;
    this.chunks = chunks(bytes);
    this.free = new Semaphore(chunks, true);
    this.waits =
        Timer.builder("slipway.s3.buffers.wait")
            .description("Waits of uploads for memory")
            .register(meters);
    Gauge.builder("slipway.s3.buffers.waiting", waiting::get)
        .description("Uploads that wait for memory")
        .register(meters);
    Gauge.builder("slipway.s3.buffers.used", () -> (double) used())
        .description("Memory of uploads that is in use")
        .baseUnit("bytes")
        .register(meters);
  }

  long used() {
    return (long) (chunks - free.availablePermits()) * CHUNK;
  }

  int waiting() {
    return waiting.get();
  }

  /** Returns how many chunks so many bytes need. */
  static int chunks(long bytes) {
    return Math.toIntExact((bytes + CHUNK - 1) / CHUNK);
  }

  /**
   * Waits until so many chunks may be used; in the order of the calls. Fails when there are never
   * so many.
   */
  void take(int count) throws InterruptedException {
    requireEnough(count);
    if (tryTake(count)) {
      return;
    }
    long start = System.nanoTime();
    waiting.incrementAndGet();
    try {
      turn.acquire();
      try {
        while (!free.tryAcquire(count, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          askForSome();
        }
      } finally {
        turn.release();
      }
    } finally {
      waiting.decrementAndGet();
      waits.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  /** Asks those whose clients are silent, and the slowest of the others. */
  private void askForSome() {
    holders.keySet().stream().filter(this::isSilent).forEach(Holder::giveWay);
    askSlowest();
  }

  private boolean isSilent(Holder holder) {
    return holder.idleNanos() > idle.toNanos();
  }

  /**
   * Asks who has held memory for longest, if that is so long that it should be full by now. Who was
   * asked is asked again after as long a time: others are meanwhile, if that was not enough.
   */
  private void askSlowest() {
    long now = System.nanoTime();
    holders.entrySet().stream()
        .filter(held -> now - held.getValue() > SLOW * idle.toNanos() && !isSilent(held.getKey()))
        .max(Comparator.comparingLong(held -> now - held.getValue()))
        .ifPresent(
            held -> {
              holders.replace(held.getKey(), held.getValue(), now);
              held.getKey().giveWay();
            });
  }

  /** Refuses what nobody could ever give back: the size of parts may be of another node's. */
  private void requireEnough(int count) {
    if (count > chunks) {
      LOG.warn(
          "tried to store a part of {} MiB of an upload but storage.s3.upload_memory is {} MiB",
          count,
          chunks);
      throw new RegistryException(
          ErrorCode.UNAVAILABLE,
          "tried to store a part of an upload but this server has less memory for it than the one"
              + " that began the upload; try again");
    }
  }

  /** Takes so many chunks if nobody has to wait for that. */
  boolean tryTake(int count) throws InterruptedException {
    // Without a time this would overtake one who has just begun to wait.
    return waiting.get() == 0 && free.tryAcquire(count, 0, TimeUnit.SECONDS);
  }

  /** Returns a chunk that was taken. */
  ByteBuffer chunk() {
    ByteBuffer chunk = unused.poll();
    return chunk == null ? allocate() : chunk.clear();
  }

  private ByteBuffer allocate() {
    try {
      return source.get();
    } catch (OutOfMemoryError e) {
      // An error would leave the upload half changed, and what it took with nobody.
      LOG.warn(
          "tried to use memory for an upload but {}; storage.s3.upload_memory and"
              + " -XX:MaxDirectMemorySize do not fit together",
          e.getMessage());
      throw new RegistryException(
          ErrorCode.UNAVAILABLE,
          "tried to take bytes of an upload but there is no memory at the moment; try again");
    }
  }

  /** Gives back what was taken: chunks that were used, and the right to others. */
  void giveBack(Iterable<ByteBuffer> used, int count) {
    used.forEach(unused::push);
    free.release(count);
  }

  void add(Holder holder) {
    holders.put(holder, System.nanoTime());
  }

  void remove(Holder holder) {
    holders.remove(holder);
  }

  /** An upload that may hold memory while its client is silent or slow. */
  interface Holder {
    /** Returns for how many nanoseconds nothing has arrived. */
    long idleNanos();

    /** Asks it to store what it holds; from any thread. */
    void giveWay();
  }
}
