package io.slipway.blob;

import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs blocking steps one after the other, in the order they came, on threads shared with others.
 */
public final class SerialWork {
  private static final Logger LOG = LoggerFactory.getLogger(SerialWork.class);

  private final Executor threads;
  private final UnaryOperator<Throwable> translate;
  private final Deque<Step<?>> waiting = new ArrayDeque<>();
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

  /**
   * Queues a step; its result comes back on the caller's context. Fails, and the step is not run,
   * when the threads have ended.
   */
  public <T> Future<T> run(Callable<T> step) {
    ContextPromise<T> promise = new ContextPromise<>();
    synchronized (waiting) {
      waiting.add(new Step<>(promise, step));
      if (running) {
        return promise.future();
      }
      running = true;
    }
    try {
      threads.execute(this::runWaiting);
    } catch (RejectedExecutionException e) {
      refuseWaiting(e);
    }
    return promise.future();
  }

  /** Nobody would run them: the next caller is to find out anew whether somebody runs its step. */
  private void refuseWaiting(RejectedExecutionException cause) {
    for (Step<?> next = next(); next != null; next = next()) {
      next.fail(translate.apply(cause));
    }
  }

  private void runWaiting() {
    for (Step<?> next = next(); next != null; next = next()) {
      next.run(translate);
    }
  }

  private @Nullable Step<?> next() {
    synchronized (waiting) {
      Step<?> next = waiting.poll();
      running = next != null;
      return next;
    }
  }

  /** A step, and who waits for its result. */
  private record Step<T>(ContextPromise<T> promise, Callable<T> work) {
    void run(UnaryOperator<Throwable> translate) {
      T result;
      try {
        result = work.call();
      } catch (Exception | Error e) {
        fail(translate.apply(e));
        return;
      }
      tell(() -> promise.succeed(result));
    }

    void fail(Throwable cause) {
      tell(() -> promise.fail(cause));
    }

    /** A caller without a context is told here: what it throws keeps no other step waiting. */
    private void tell(Runnable telling) {
      try {
        telling.run();
      } catch (RuntimeException | Error e) {
        LOG.warn("tried to tell how a step on bytes of a blob went but its caller failed", e);
      }
    }
  }
}
