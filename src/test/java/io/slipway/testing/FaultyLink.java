package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A port whose connections lead to a server on this machine and can be made to fail in many ways.
 */
public final class FaultyLink implements AutoCloseable {
  /** A reset connection was good for so long. */
  private static final Duration BEFORE_RESET = Duration.ofMillis(100);

  private final int port;
  private final int upstream;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<FaultyConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile Flow flow = Flow.GOOD;
  private @Nullable ServerSocket listener;
  private CompletableFuture<Void> accepting = CompletableFuture.completedFuture(null);

  private FaultyLink(int port, int upstream) {
    this.port = port;
    this.upstream = upstream;
  }

  /** What becomes of the bytes, in both directions. */
  public sealed interface Flow {
    Flow GOOD = new Slow(Duration.ZERO, Duration.ZERO, Long.MAX_VALUE);

    /** All arrive, each so much later. */
    record Slow(Duration latency, Duration jitter, long bytesPerSecond) implements Flow {}

    /** The connection ends after so many in one direction. */
    record Limited(long bytes) implements Flow {
      /** Returns how many of the next bytes may pass after others have. */
      int most(int next, long passed) {
        return Math.toIntExact(Math.min(next, bytes - passed));
      }
    }

    /** None arrives. */
    record Silent() implements Flow {}

    /** The connection is reset a moment later. */
    record Reset() implements Flow {}
  }

  /** Opens a port. */
  public static FaultyLink to(int upstream) {
    FaultyLink link = new FaultyLink(FreePort.find(), upstream);
    link.listen();
    return link;
  }

  public int port() {
    return port;
  }

  private synchronized void listen() {
    if (listener != null) {
      return;
    }
    try {
      ServerSocket opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      listener = opened;
      accepting = CompletableFuture.runAsync(() -> accept(opened), threads);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket from) {
    try {
      while (true) {
        Socket client = from.accept();
        threads.execute(() -> connect(client));
      }
    } catch (IOException e) {
      // It listens no more.
    }
  }

  private void connect(Socket client) {
    FaultyConnection connection = new FaultyConnection(client, () -> flow, connections::remove);
    connections.add(connection);
    if (flow instanceof Flow.Reset) {
      threads.execute(() -> resetSoon(connection));
    }
    connection.run(threads, upstream);
    if (!isListening()) {
      connection.close();
    }
  }

  private synchronized boolean isListening() {
    return listener != null;
  }

  private static void resetSoon(FaultyConnection connection) {
    LockSupport.parkNanos(BEFORE_RESET.toNanos());
    connection.reset();
  }

  /** Ends all connections and refuses new ones. */
  public void cut() {
    refuse();
    endAll();
  }

  /** The port is free when nobody waits at it any more. */
  private synchronized void refuse() {
    if (listener != null) {
      try {
        listener.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      listener = null;
      accepting.join();
    }
  }

  private void endAll() {
    connections.forEach(FaultyConnection::close);
  }

  /** Does something to all connections, those that are there too. */
  public void make(Flow how) {
    flow = how;
    if (how instanceof Flow.Reset) {
      connections.forEach(connection -> threads.execute(() -> resetSoon(connection)));
    }
  }

  /** Resets all connections, and ends new ones at their first byte. */
  public void reset() {
    make(new Flow.Limited(0));
    connections.forEach(FaultyConnection::reset);
  }

  /** Makes everything good again; connections of a time when it was not have ended. */
  public void mend() {
    if (!flow.equals(Flow.GOOD)) {
      flow = Flow.GOOD;
      endAll();
    }
    listen();
  }

  @Override
  public void close() {
    cut();
    threads.close();
  }
}
