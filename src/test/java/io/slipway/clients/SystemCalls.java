package io.slipway.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Watches the system calls of a running process with strace. */
final class SystemCalls {
  private static final String TRACED =
      "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";
  private static final Pattern WHOLE = Pattern.compile("(\\d+) +(\\w+)\\((.*)");
  private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)");
  private static final String UNFINISHED = "<unfinished ...>";

  private final Process strace;
  private final Path output;

  private SystemCalls(Process strace, Path output) {
    this.strace = strace;
    this.output = output;
  }

  /** Starts to watch every thread of a process. */
  static SystemCalls of(long pid, Path output) throws IOException {
    Process strace = Strace.attach(pid, "-yy", "-s", "32", "-e", TRACED, "-o", output.toString());
    return new SystemCalls(strace, output);
  }

  /** Stops watching and returns what was seen, in the order of the calls' beginnings. */
  List<Call> end() throws IOException, InterruptedException {
    strace.destroy();
    if (!strace.waitFor(30, TimeUnit.SECONDS)) {
      strace.destroyForcibly();
    }
    return parse(Files.readAllLines(output));
  }

  private static List<Call> parse(List<String> lines) {
    List<Call> calls = new ArrayList<>();
    Map<String, Call> unfinished = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher resumed = RESUMED.matcher(lines.get(i));
      Matcher whole = WHOLE.matcher(lines.get(i));
      if (resumed.matches()) {
        Call begun = unfinished.remove(resumed.group(1));
        if (begun != null) {
          calls.set(calls.indexOf(begun), begun.endedAt(i, resumed.group(3)));
        }
      } else if (whole.matches()) {
        Call call = new Call(i, i, whole.group(2), whole.group(3));
        calls.add(call);
        if (call.text().endsWith(UNFINISHED)) {
          unfinished.put(whole.group(1), call);
        }
      }
    }
    return calls;
  }

  /**
   * One system call.
   *
   * @param begin the line in which it began; what ended in an earlier line was over by then
   * @param end the line in which it ended
   * @param text its arguments, descriptors with their paths, and its result
   */
  record Call(int begin, int end, String name, String text) {
    private Call endedAt(int line, String rest) {
      return new Call(begin, line, name, text + rest);
    }

    boolean writes(String to) {
      return (name.contains("write") || name.startsWith("send")) && descriptor().contains(to);
    }

    boolean syncs(String pathPattern) {
      return name.endsWith("sync")
          && Pattern.compile(pathPattern).matcher(descriptor()).find()
          && text.contains("= 0");
    }

    boolean renames(String to) {
      return name.startsWith("rename") && text.contains(to);
    }

    boolean answers(int status) {
      return writes("TCP") && text.contains("HTTP/1.1 " + status);
    }

    /** Returns the first argument with its path. */
    private String descriptor() {
      int end = text.indexOf('>');
      return end < 0 ? text : text.substring(0, end + 1);
    }
  }
}
