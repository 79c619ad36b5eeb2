package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server prints, read on a thread of its own until its end. Thread-safe. */
public final class ServerOutput {
  private final Process process;
  private final Pattern listens;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private ServerOutput(Process process, Pattern listens) {
    this.process = process;
    this.listens = listens;
  }

  /**
   * Begins to read.
   *
   * @param listens finds the line that tells the port of the server, its first group
   */
  public static ServerOutput of(Process process, Pattern listens) {
    ServerOutput output = new ServerOutput(process, listens);
    Thread.ofVirtual().start(output::read);
    return output;
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        Matcher found = listens.matcher(line);
        if (found.find()) {
          port.complete(Integer.parseInt(found.group(1)));
        }
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
    port.completeExceptionally(new IllegalStateException("it ended"));
  }

  /** Waits until it listens, and returns where; kills it when it does not in time. */
  public int port(Duration patience) {
    try {
      return port.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new IllegalStateException("tried to start a server:\n" + text(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Returns what it printed so far. */
  public String text() {
    return String.join("\n", lines);
  }
}
