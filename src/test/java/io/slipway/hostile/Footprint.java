package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.testing.ProcessFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process holds.
 *
 * @param heap bytes in use after a collection
 * @param direct bytes outside of the heap that buffers have, used or pooled
 * @param files open file descriptors, sockets among them
 */
record Footprint(long heap, long direct, int files, int threads) {
  /** A process is to be started with it, or its direct memory cannot be told. */
  static final String FLAG = "-XX:NativeMemoryTracking=summary";

  private static final Pattern HEAP = Pattern.compile("total \\d+K, used (\\d+)K");
  private static final Pattern DIRECT =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

  /** Looks at a Java process of this user. */
  static Footprint of(long pid) {
    // Collected twice, for what the first time only finds to be unused.
    String told = jcmd(pid, "GC.run", "GC.run", "GC.heap_info", "VM.native_memory");
    return new Footprint(
        sum(HEAP, told) * 1024,
        sum(DIRECT, told) * 1024,
        ProcessFigures.files(pid),
        ProcessFigures.threads(pid));
  }

  private static long sum(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    long sum = 0;
    int found = 0;
    while (matcher.find()) {
      sum += Long.parseLong(matcher.group(1));
      found++;
    }
    if (found == 0) {
      throw new IllegalStateException("expected " + pattern + ", got:\n" + text);
    }
    return sum;
  }

  private static String jcmd(long pid, String... commands) {
    Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    try {
      Process process =
          new ProcessBuilder(program.toString(), Long.toString(pid), "-f", "/dev/stdin")
              .redirectErrorStream(true)
              .start();
      try (Writer input = process.outputWriter(UTF_8)) {
        input.write(String.join("\n", commands) + "\n");
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Tells what grew by more than another footprint allows. */
  List<String> grownSince(Footprint before, Footprint allowed) {
    List<String> grown = new ArrayList<>();
    add(grown, "heap", heap - before.heap, allowed.heap);
    add(grown, "direct memory", direct - before.direct, allowed.direct);
    add(grown, "file descriptors", files - before.files, allowed.files);
    add(grown, "threads", threads - before.threads, allowed.threads);
    return grown;
  }

  private static void add(List<String> grown, String what, long by, long allowed) {
    if (by > allowed) {
      grown.add(what + " by " + by + ", at most " + allowed + " expected");
    }
  }
}
