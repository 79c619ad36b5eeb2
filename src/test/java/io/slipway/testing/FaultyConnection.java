package io.slipway.testing;

import io.slipway.testing.FaultyLink.Flow;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A connection to a server, and the one that leads on from it. */
final class FaultyConnection {
  private static final int PART = 32 * 1024;

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
    work.add(threads.submit(() -> pass(from, to)));
    if (closed) {
      close();
    }
  }

  private void pass(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      byte[] part = new byte[PART];
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        Flow now = flow.get();
        if (now == Flow.ENDED) {
          close();
          return;
        }
        if (now == Flow.GOOD) {
          to.getOutputStream().write(part, 0, n);
        }
      }
      to.shutdownOutput();
      if (directions.decrementAndGet() == 0) {
        close();
      }
    } catch (IOException e) {
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
