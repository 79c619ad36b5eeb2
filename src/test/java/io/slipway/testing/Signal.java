package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends signals to processes of the test's. */
public final class Signal {
  private Signal() {}

  /** Lets a process do nothing, in the middle of whatever it does. */
  public static void stop(long pid) {
    send("-STOP", pid);
  }

  /** Lets it go on. */
  public static void wake(long pid) {
    send("-CONT", pid);
  }

  private static void send(String signal, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).inheritIO().start();
      if (kill.onExit().join().exitValue() != 0) {
        throw new IllegalStateException("tried to send " + signal + " to " + pid);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
