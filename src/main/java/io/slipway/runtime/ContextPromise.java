package io.slipway.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A promise that any thread may keep and whose future completes on the Vert.x context on which the
 * promise was made; without one, or when Vert.x is closed, on the thread that keeps it.
 */
public final class ContextPromise<T> {
  private final @Nullable Context context;
  private final Promise<T> promise = Promise.promise();

  public ContextPromise() {
    this(Vertx.currentContext());
  }

  private ContextPromise(@Nullable Context context) {
    this.context = context;
  }

  /** Makes a promise to a caller who gets a context if it has none. */
  public static <T> ContextPromise<T> onContextOf(Vertx vertx) {
    return new ContextPromise<>(vertx.getOrCreateContext());
  }

  /** Keeps the promise; later calls do nothing. */
  public void succeed(T value) {
    run(() -> promise.tryComplete(value));
  }

  /** Breaks the promise; later calls do nothing. */
  public void fail(Throwable cause) {
    run(() -> promise.tryFail(cause));
  }

  /** Keeps or breaks the promise as another future went. */
  public void take(Future<T> result) {
    result.onComplete(this::succeed, this::fail);
  }

  /** Runs an action where the future completes. */
  public void run(Runnable action) {
    if (context == null || context.equals(Vertx.currentContext())) {
      action.run();
      return;
    }
    try {
      context.runOnContext(ignored -> action.run());
    } catch (RejectedExecutionException e) {
      // Vert.x is closed: no context to keep, but a thread may still wait for the future.
      action.run();
    }
  }

  public Future<T> future() {
    return promise.future();
  }
}
