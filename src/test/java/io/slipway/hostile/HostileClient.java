package io.slipway.hostile;

import io.slipway.hostile.HostileCase.Ending;
import io.slipway.hostile.WireAnswers.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/** Sends one case and judges what comes back; thread-safe. */
final class HostileClient {
  /** Longer than the server is told to wait for anybody, and for the rest of any body. */
  static final Duration BOUND = Duration.ofSeconds(20);

  private static final int MOST = 64 * 1024 * 1024;

  private final int port;
  private final Duration bound;

  /** What came back. */
  record Outcome(List<Answer> answers, boolean reset) {}

  HostileClient(int port) {
    this(port, BOUND);
  }

  HostileClient(int port, Duration bound) {
    this.port = port;
    this.bound = bound;
  }

  /**
   * Sends a case and reads until the server hangs up.
   *
   * @throws AssertionError when the server does not hang up, answers what is no HTTP, or that it
   *     failed
   */
  Outcome send(HostileCase hostile, String upload) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) bound.toMillis());
      byte[] bytes = hostile.bytes(upload);
      if (hostile.ending() == Ending.RESET) {
        socket.setSoLinger(true, 0);
        write(socket, bytes, Ending.RESET);
        return new Outcome(List.of(), true);
      }
      // Not in turns: a server that waits for its reader must not wait for ever.
      Thread.ofVirtual().start(() -> write(socket, bytes, hostile.ending()));
      return judge(socket);
    } catch (IOException e) {
      throw new AssertionError("the server takes no connections", e);
    }
  }

  /** The server may hang up at any byte, so what cannot be written is no failure. */
  private static void write(Socket socket, byte[] bytes, Ending ending) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
      if (ending == Ending.HALF_CLOSE) {
        socket.shutdownOutput();
      }
    } catch (IOException ignored) {
      // Seen by the reader.
    }
  }

  private Outcome judge(Socket socket) {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    boolean reset = read(socket, received);
    List<Answer> answers;
    try {
      answers = WireAnswers.read(received.toByteArray(), reset);
    } catch (IllegalArgumentException e) {
      throw new AssertionError("the server does not speak HTTP: " + e.getMessage(), e);
    }
    for (Answer answer : answers) {
      if (answer.status() >= 500 && answer.status() != 503 && answer.status() != 507) {
        throw new AssertionError("the server failed: " + answer);
      }
    }
    return new Outcome(answers, reset);
  }

  /** Reads to the end; true when the end was a reset. */
  private boolean read(Socket socket, ByteArrayOutputStream received) {
    byte[] part = new byte[16 * 1024];
    long start = System.nanoTime();
    try {
      for (int n = socket.getInputStream().read(part);
          n >= 0;
          n = socket.getInputStream().read(part)) {
        received.write(part, 0, n);
        if (received.size() > MOST || System.nanoTime() - start > bound.toNanos()) {
          throw new AssertionError("the server does not stop: " + received.size() + " bytes");
        }
      }
      return false;
    } catch (SocketTimeoutException e) {
      throw new AssertionError(
          "the connection hangs; " + received.size() + " bytes came before", e);
    } catch (IOException e) {
      return true;
    }
  }
}
