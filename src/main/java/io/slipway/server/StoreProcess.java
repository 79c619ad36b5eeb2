package io.slipway.server;

import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;

/** Works on the stores of a registry that does not run, in a process of its own. */
final class StoreProcess {
  private StoreProcess() {}

  /**
   * Takes the stores as a server does, works, and gives them free. Blocks until the work ends.
   *
   * @param busy what to tell when a server uses the stores
   * @throws IllegalStateException with a sentence for people when the stores cannot be had, a
   *     server uses them for example, or the work fails
   */
  static <T> T run(
      RegistryConfig config, String busy, BiFunction<Vertx, RegistryStores, Future<T>> work)
      throws InterruptedException {
    Metrics metrics = new Metrics();
    Vertx vertx = ServerVertx.alone();
    try {
      return RegistryStores.open(vertx, config, metrics, ignored -> {})
          .compose(stores -> onContext(vertx, stores, work).eventually(() -> stores.close(vertx)))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException | CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IllegalStateException(
          cause instanceof FolderInUseException ? message + ": " + busy : message, cause);
    } finally {
      vertx.close().await();
      metrics.close();
    }
  }

  private static <T> Future<T> onContext(
      Vertx vertx, RegistryStores stores, BiFunction<Vertx, RegistryStores, Future<T>> work) {
    return Future.future(
        promise ->
            vertx.runOnContext(
                ignored -> {
                  try {
                    work.apply(vertx, stores).onComplete(promise);
                  } catch (RuntimeException e) {
                    promise.fail(e);
                  }
                }));
  }
}
