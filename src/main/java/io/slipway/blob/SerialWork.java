package io.slipway.blob;

import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking steps one after the other, in the order they came, on threads shared with others.
 */
public final class SerialWork {
  private final Executor threads;
  private final UnaryOperator<Throwable> translate;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /**
   * Makes an empty queue.
   *
   * @param translate makes of a step's failure what its caller gets
   */
  public SerialWork(Executor threads, UnaryOperator<Throwable> translate) {
    this.threads = threads;
    this.translate = translate;
  }

  /** Queues a step; its result comes back on the caller's context. */
  public <T> Future<T> run(Callable<T> step) {
    ContextPromise<T> promise = new ContextPromise<>();
    synchronized (waiting) {
      waiting.add(() -> keep(promise, step));
      if (running) {
        return promise.future();
      }
      running = true;
    }
    threads.execute(this::runWaiting);
    return promise.future();
  }

  private <T> void keep(ContextPromise<T> promise, Callable<T> step) {
    T result;
    try {
      result = step.call();
    } catch (Exception | Error e) {
      promise.fail(translate.apply(e));
      return;
    }
    promise.succeed(result);
  }

  private void runWaiting() {
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable next = waiting.poll();
      running = next != null;
      return next;
    }
  }
}
