package io.slipway.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands in front of a server, and spoils exactly one of its answers. */
final class FaultyFront implements AutoCloseable {
  enum Fault {
    /** One connection is closed when its first request was read. */
    DROP,
    /** One byte of one large answer is another. */
    FLIP
  }

  /** Far enough for a client to have prepared what it needs. */
  private static final int DROPPED_CONNECTION = 20;

  /** More than all the answers that carry no blob. */
  private static final int FLIPPED_BYTE = 200_000;

  private static final int PIECE = 65_536;

  private final int port;
  private final Fault fault;
  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();

  FaultyFront(int port, Fault fault) throws IOException {
    this.port = port;
    this.fault = fault;
    this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  boolean hasSpoiledOne() {
    return done.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed: nobody waits for another connection.
      }
    }
  }

  private void serve(Socket client) {
    boolean drops = fault == Fault.DROP && connections.incrementAndGet() == DROPPED_CONNECTION;
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      if (drops) {
        client.getInputStream().read(new byte[PIECE]);
        done.set(true);
        return;
      }
      threads.execute(() -> forward(client, server, false));
      forward(server, client, fault == Fault.FLIP);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void forward(Socket from, Socket to, boolean flips) {
    try {
      InputStream input = from.getInputStream();
      OutputStream output = to.getOutputStream();
      byte[] piece = new byte[PIECE];
      long sent = 0;
      for (int size = input.read(piece); size >= 0; size = input.read(piece)) {
        if (flips && sent + size > FLIPPED_BYTE && done.compareAndSet(false, true)) {
          piece[size - 1] ^= 1;
        }
        output.write(piece, 0, size);
        sent += size;
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // Whoever hung up needs nothing more.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
