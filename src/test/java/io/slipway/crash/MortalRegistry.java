package io.slipway.crash;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.Signal;
import io.slipway.testing.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A registry of one node or several, which are killed, stopped and woken, and come back on the same
 * folder. While one comes back nobody asks the others: what the dead one was doing is over then.
 */
final class MortalRegistry implements AutoCloseable {
  private static final long SECONDS = 300;

  private final Path data;
  private final int nodes;
  private final Map<Integer, Life> lives = new HashMap<>();
  private volatile CompletableFuture<List<Life>> all = new CompletableFuture<>();

  /**
   * Makes one that does not run.
   *
   * @param folder where each node gets a folder
   */
  MortalRegistry(Path folder, int nodes) {
    this.data = folder.resolve("node-0");
    this.nodes = nodes;
  }

  /** Starts each node that does not run. */
  void start(Map<String, String> settings) {
    for (int node = 0; node < nodes; node++) {
      if (!lives.containsKey(node)) {
        lives.put(node, new Life(ChildRegistry.start(folder(node), settings(settings))));
      }
    }
    all.complete(List.copyOf(lives.values()));
  }

  /** Returns the folder that the stores belong to. */
  Path data() {
    return data;
  }

  private Path folder(int node) {
    try {
      return Files.createDirectories(data.resolveSibling("node-" + node));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stores belong to the folder of the first node. */
  private Map<String, String> settings(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(TestProfile.settings(data));
    all.putAll(settings);
    return all;
  }

  /** Returns any node that runs, or is about to. */
  Life life() {
    try {
      List<Life> running = all.get(SECONDS, TimeUnit.SECONDS);
      return running.get(ThreadLocalRandom.current().nextInt(running.size()));
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("tried to find a registry that runs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills one of the nodes. */
  void kill(Random random) {
    all = new CompletableFuture<>();
    end(random.nextInt(nodes)).registry().kill();
  }

  /** Ends all as {@code kill} does; returns the exit code of one that ended badly, or 0. */
  int stop() {
    all = new CompletableFuture<>();
    List<Integer> codes = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      codes.add(end(node).registry().stop());
    }
    return codes.stream().filter(code -> code != 0).findFirst().orElse(0);
  }

  private Life end(int node) {
    Life old = lives.remove(node);
    if (old == null) {
      throw new IllegalStateException("node " + node + " does not run");
    }
    old.ends();
    return old;
  }

  /** Lets a node do nothing for a while, in the middle of whatever it does. */
  void freeze(Random random, int mostMillis) {
    Life sleeper = lives.get(random.nextInt(nodes));
    if (sleeper == null) {
      throw new IllegalStateException("a node does not run");
    }
    long pid = sleeper.registry().pid();
    Signal.stop(pid);
    try {
      pause(1 + random.nextInt(mostMillis));
    } finally {
      Signal.wake(pid);
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000L;
    Eventually.happens("the moment comes", () -> System.nanoTime() >= end);
  }

  @Override
  public void close() {
    for (Life last : lives.values()) {
      last.ends();
      last.registry().close();
    }
  }
}
