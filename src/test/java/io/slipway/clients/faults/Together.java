package io.slipway.clients.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Does something with many things, some at once. */
final class Together {
  private static final int AT_ONCE = 4;

  private Together() {}

  /** Returns when all is done; fails with what failed first in their order. */
  static <T> void each(Collection<T> all, Consumer<T> action) {
    List<Future<?>> begun = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      all.forEach(one -> begun.add(threads.submit(() -> action.accept(one))));
    }
    for (Future<?> one : begun) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
