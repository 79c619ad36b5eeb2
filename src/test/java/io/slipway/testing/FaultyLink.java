package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A port whose connections lead to a server on this machine and can be made to fail. */
public final class FaultyLink implements AutoCloseable {
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
  enum Flow {
    /** All arrive. */
    GOOD,
    /** None arrives. */
    SILENT,
    /** The first ends the connection. */
    ENDED
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

  /** Returns how many connections there are. */
  public int open() {
    return connections.size();
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
    connection.run(threads, upstream);
    if (!isListening()) {
      connection.close();
    }
  }

  private synchronized boolean isListening() {
    return listener != null;
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

  /** Lets nothing arrive, on connections that stay, and new ones. */
  public void silence() {
    flow = Flow.SILENT;
  }

  /** Resets all connections, and ends new ones at their first byte. */
  public void reset() {
    flow = Flow.ENDED;
    connections.forEach(FaultyConnection::reset);
  }

  /** Makes everything good again; connections of a time when it was not have ended. */
  public void mend() {
    if (flow != Flow.GOOD) {
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
