package io.slipway.testing;

import io.slipway.testing.FaultyLink.Flow;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A connection to a server, and the one that leads on from it. */
final class FaultyConnection {
  private static final int PART = 32 * 1024;

  /** So many parts are on their way in each direction. */
  private static final int PARTS = 32;

  private final Socket client;
  private final Socket server = new Socket();
  private final List<Future<?>> work = new CopyOnWriteArrayList<>();
  private final AtomicInteger directions = new AtomicInteger(2);
  private final Supplier<Flow> flow;
  private final Consumer<FaultyConnection> ended;
  private volatile boolean closed;

  /**
   * Makes one that leads nowhere yet.
   *
   * @param flow tells what becomes of the next bytes
   * @param ended told when it has ended
   */
  FaultyConnection(Socket client, Supplier<Flow> flow, Consumer<FaultyConnection> ended) {
    this.client = client;
    this.flow = flow;
    this.ended = ended;
  }

  /** Bytes on their way; none when there are no more. */
  private record Part(Buffer bytes, long dueNanos) {}

  /** Connects to a port and moves bytes on other threads until one side has had enough. */
  void run(ExecutorService threads, int upstream) {
    try {
      client.setTcpNoDelay(true);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream));
      server.setTcpNoDelay(true);
    } catch (IOException e) {
      close();
      return;
    }
    move(threads, client, server);
    move(threads, server, client);
  }

  private void move(ExecutorService threads, Socket from, Socket to) {
    BlockingQueue<Part> onTheWay = new ArrayBlockingQueue<>(PARTS);
    work.add(threads.submit(() -> endAfter(() -> take(from, onTheWay))));
    work.add(threads.submit(() -> endAfter(() -> give(onTheWay, to))));
    if (closed) {
      close();
    }
  }

  /** Something that ends with its connection. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void endAfter(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      close();
    } catch (InterruptedException e) {
      // The connection has ended.
      Thread.currentThread().interrupt();
    }
  }

  private void take(Socket from, BlockingQueue<Part> onTheWay)
      throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    byte[] part = new byte[PART];
    for (int n = in.read(part); n >= 0; n = in.read(part)) {
      onTheWay.put(
          new Part(Buffer.buffer(Arrays.copyOf(part, n)), System.nanoTime() + latencyNanos()));
    }
    onTheWay.put(new Part(Buffer.buffer(), System.nanoTime() + latencyNanos()));
  }

  private long latencyNanos() {
    return flow.get() instanceof Flow.Slow slow
        ? slow.latency().toNanos()
            + ThreadLocalRandom.current().nextLong(slow.jitter().toNanos() + 1)
        : 0;
  }

  private void give(BlockingQueue<Part> onTheWay, Socket to)
      throws IOException, InterruptedException {
    Flow before = flow.get();
    long passed = 0;
    for (Part part = onTheWay.take(); part.bytes().length() > 0; part = onTheWay.take()) {
      Flow now = flow.get();
      passed = now.equals(before) ? passed : 0;
      before = now;
      LockSupport.parkNanos(part.dueNanos() - System.nanoTime());
      int length = part.bytes().length();
      int most = now instanceof Flow.Limited limited ? limited.most(length, passed) : length;
      if (!(now instanceof Flow.Silent)) {
        to.getOutputStream().write(part.bytes().getBytes(0, most));
      }
      passed += most;
      if (most < length) {
        close();
        return;
      }
      if (now instanceof Flow.Slow slow && slow.bytesPerSecond() < Long.MAX_VALUE) {
        LockSupport.parkNanos(length * 1_000_000_000L / slow.bytesPerSecond());
      }
    }
    to.shutdownOutput();
    if (directions.decrementAndGet() == 0) {
      close();
    }
  }

  /** Ends it as the sides do that have said everything. */
  void close() {
    closed = true;
    for (Socket side : new Socket[] {client, server}) {
      try {
        side.close();
      } catch (IOException ignored) {
        // It is closed all the same.
      }
    }
    ended.accept(this);
    work.forEach(each -> each.cancel(true));
  }

  /** Ends it as a machine does that knows nothing of it. */
  void reset() {
    for (Socket side : new Socket[] {client, server}) {
      try {
        side.setSoLinger(true, 0);
      } catch (SocketException ignored) {
        // It is closed already.
      }
    }
    close();
  }
}
