package io.slipway.crash;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.Signal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A registry that is killed, stopped and woken, and comes back on the same folder. */
final class MortalRegistry implements AutoCloseable {
  private static final long SECONDS = 300;

  private final Path data;
  private volatile CompletableFuture<Life> life = new CompletableFuture<>();

  MortalRegistry(Path data) {
    this.data = data;
  }

  void start(Map<String, String> settings) {
    life.complete(new Life(ChildRegistry.start(data, settings)));
  }

  /** Returns the registry that runs, or is about to. */
  Life life() {
    try {
      return life.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("tried to find a registry that runs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void kill() {
    Life old = end();
    old.registry().kill();
  }

  /** Ends it as {@code kill} does; returns its exit code. */
  int stop() {
    return end().registry().stop();
  }

  private Life end() {
    Life old = life();
    old.ends();
    life = new CompletableFuture<>();
    return old;
  }

  /** Lets it do nothing for a while, in the middle of whatever it does. */
  void freeze(Random random, int mostMillis) {
    long pid = life().registry().pid();
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
    Life last = life.getNow(null);
    if (last != null) {
      last.ends();
      last.registry().close();
    }
  }
}
