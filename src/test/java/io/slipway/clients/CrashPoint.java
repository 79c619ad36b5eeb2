package io.slipway.clients;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A system call that a process does not live to make.
 *
 * @param name for people
 * @param call the system call
 * @param path what it is made on, relative to the data folder; empty for anything. Of a rename
 *     strace looks at what is renamed only
 * @param count which of them, of one thread
 */
record CrashPoint(String name, String call, String path, int count) {
  static CrashPoint before(String name, String call, String path) {
    return new CrashPoint(name, call, path, 1);
  }

  /** Within the commits of one request: before so many writes to the log of the database. */
  static CrashPoint inLog(String name, int count) {
    return new CrashPoint(name, "pwrite64", "registry.db-wal", count);
  }

  /** The commits are in the log, as far as the system knows, and not on the disk. */
  static CrashPoint logSync() {
    return before("the log is synced", "fsync", "registry.db-wal");
  }

  static CrashPoint answer() {
    return before("the answer is sent", "sendto", "");
  }

  /** Lets a process die there. */
  Process arm(long pid, Path data) throws IOException {
    List<String> options = new ArrayList<>(List.of("-o", "/dev/null"));
    if (!path.isEmpty()) {
      options.addAll(List.of("-P", data.toRealPath().resolve(path).toString()));
    }
    options.addAll(List.of("-e", "trace=" + call));
    options.addAll(List.of("-e", "inject=" + call + ":signal=KILL:when=" + count));
    return Strace.attach(pid, options.toArray(String[]::new));
  }
}
