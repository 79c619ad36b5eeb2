package io.slipway.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that a server can come back to. */
public final class FreePort {
  /** Below those that Linux gives to whoever asks for any. */
  private static final int FIRST = 15_000;

  private static final int LAST = 32_000;

  private FreePort() {}

  /** Returns one that no connection and no server is given while nobody listens there. */
  public static int find() {
    return findWith(0);
  }

  /**
   * Returns one as {@link #find()} does, to which the one so much higher, up to 10 000, is free.
   */
  public static int findWith(int distance) {
    int port;
    do {
      port = ThreadLocalRandom.current().nextInt(FIRST, LAST - distance);
    } while (!isFree(port) || !isFree(port + distance));
    return port;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
