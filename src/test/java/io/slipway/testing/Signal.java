package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Sends signals to processes of the test's. */
public final class Signal {
  private Signal() {}

  /**
   * Lets a process do nothing, in the middle of whatever it does; returns when it does nothing,
   * which on a busy machine is some time after it was told.
   */
  public static void stop(long pid) {
    send("-STOP", pid);
    Eventually.happens("process " + pid + " stands still", () -> isStopped(pid));
  }

  private static boolean isStopped(long pid) {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return threads.allMatch(Signal::isStill);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells whether a thread is stopped, or has ended. */
  private static boolean isStill(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      // Behind the name, which may have any characters in it.
      return "TtZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException e) {
      return true;
    }
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
