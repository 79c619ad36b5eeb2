package io.slipway.database.sqlite;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;

/** Carries a result from a thread of the database to the context of the caller. */
final class Reply<T> {
  private final Context context;
  private final Promise<T> promise = Promise.promise();

  private Reply(Context context) {
    this.context = context;
  }

  /** Makes a reply to the context this is called on. */
  static <T> Reply<T> toCaller(Vertx vertx) {
    return new Reply<>(vertx.getOrCreateContext());
  }

  Future<T> future() {
    return promise.future();
  }

  void succeed(T value) {
    send(() -> promise.tryComplete(value));
  }

  void fail(Throwable failure) {
    send(() -> promise.tryFail(failure));
  }

  private void send(Runnable completion) {
    try {
      context.runOnContext(ignored -> completion.run());
    } catch (RejectedExecutionException e) {
      // Vert.x is closed: no context to keep, but a thread may still wait for the future.
      completion.run();
    }
  }
}
