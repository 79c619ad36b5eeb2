package io.slipway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines on a thread of its own, so that an event loop never waits for a terminal or a pipe.
 *
 * <p>When the stream is slower than what is logged, lines are dropped and counted, and a line says
 * so.
 */
final class QueuedLines extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final int BATCH = 512;
  private static final long DRAIN_MILLIS = 2000;

  /**
   * To wake the writer would cost who logs more than all the rest of a line: while lines come, it
   * looks for them itself, so often.
   */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final OutputStream out;
  private final LineFormat format;
  private final BlockingQueue<ILoggingEvent> waiting;
  private final LongAdder dropped = new LongAdder();
  private final Thread writer = Thread.ofPlatform().daemon().name("log").unstarted(this::run);
  private final ReentrantLock writing = new ReentrantLock();
  private long told;
  private volatile boolean draining;
  private volatile boolean stuck;

  QueuedLines(OutputStream out, LineFormat format, int capacity) {
    this.out = out;
    this.format = format;
    this.waiting = new ArrayBlockingQueue<>(capacity);
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    // Both are worked out at the first call: the thread must be this one, and arguments may change.
    event.getThreadName();
    event.getFormattedMessage();
    if (draining) {
      writeHere(event);
    } else if (!waiting.offer(event)) {
      dropped.increment();
    }
  }

  /** Whoever takes nothing any more keeps nobody from ending. */
  private void writeHere(ILoggingEvent event) {
    boolean mine;
    try {
      mine = writing.tryLock() || (!stuck && writing.tryLock(DRAIN_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dropped.increment();
      return;
    }
    if (!mine) {
      stuck = true;
      dropped.increment();
      return;
    }
    try {
      write(List.of(event));
    } finally {
      writing.unlock();
    }
  }

  /** Returns how many lines were dropped. */
  long dropped() {
    return dropped.sum();
  }

  /** Writes what waits, and from now on in the thread that logs. */
  void drain() {
    draining = true;
    writer.interrupt();
    try {
      writer.join(DRAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<ILoggingEvent> batch = new ArrayList<>(BATCH);
    while (!draining || !waiting.isEmpty()) {
      try {
        if (waiting.drainTo(batch, BATCH) == 0) {
          batch.add(waiting.take());
        }
      } catch (InterruptedException e) {
        continue;
      }
      writing.lock();
      try {
        write(batch);
      } finally {
        writing.unlock();
      }
      boolean all = batch.size() < BATCH;
      batch.clear();
      if (all) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void write(List<ILoggingEvent> batch) {
    StringBuilder lines = new StringBuilder();
    batch.forEach(event -> format.append(event, lines));
    long lost = dropped.sum();
    if (lost > told) {
      format.append(lossOf(lost - told), lines);
      told = lost;
    }
    try {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      // Whoever read the lines has gone; there is nobody left to tell.
      dropped.add(batch.size());
    }
  }

  private static ILoggingEvent lossOf(long count) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(QueuedLines.class.getName());
    event.setLevel(Level.WARN);
    event.setTimeStamp(System.currentTimeMillis());
    event.setThreadName(Thread.currentThread().getName());
    event.setMessage(count + " log lines were dropped because standard output was too slow");
    return event;
  }
}
