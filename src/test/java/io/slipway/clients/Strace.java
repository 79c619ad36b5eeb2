package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Attaches strace to a running process. */
final class Strace {
  private Strace() {}

  /** Follows every thread of a process, from before this returns; options are those of strace. */
  static Process attach(long pid, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-p", Long.toString(pid)));
    command.addAll(List.of(options));
    Process strace = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader messages = strace.inputReader(UTF_8);
    for (String line = messages.readLine(); line != null; line = messages.readLine()) {
      if (line.contains("attached")) {
        return strace;
      }
    }
    throw new AssertionError("strace did not attach to the process " + pid);
  }
}
