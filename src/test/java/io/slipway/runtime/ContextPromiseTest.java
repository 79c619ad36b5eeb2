package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextPromiseTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    wait(vertx.close());
  }

  private static <T> T wait(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Makes a promise on a context, and tells where its future completes. */
  private static CompletableFuture<Boolean> completesOn(
      Context context, CompletableFuture<ContextPromise<String>> made) {
    CompletableFuture<Boolean> same = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          ContextPromise<String> promise = new ContextPromise<>();
          promise
              .future()
              .onComplete(done -> same.complete(context.equals(Vertx.currentContext())));
          made.complete(promise);
        });
    return same;
  }

  @Test
  void completesWhereItWasMade() throws Exception {
    CompletableFuture<ContextPromise<String>> made = new CompletableFuture<>();
    CompletableFuture<Boolean> same = completesOn(vertx.getOrCreateContext(), made);
    made.get(10, TimeUnit.SECONDS).succeed("kept");
    assertThat(same.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void completesWithoutAContext() {
    ContextPromise<String> promise = new ContextPromise<>();
    promise.succeed("kept");
    promise.succeed("too late");
    assertThat(promise.future().result()).isEqualTo("kept");
  }

  /** A thread that waits for the future would wait for ever. */
  @Test
  void completesAfterVertxWasClosed() throws Exception {
    CompletableFuture<ContextPromise<String>> made = new CompletableFuture<>();
    CompletableFuture<Boolean> same = completesOn(vertx.getOrCreateContext(), made);
    ContextPromise<String> promise = made.get(10, TimeUnit.SECONDS);
    wait(vertx.close());
    promise.succeed("kept");
    assertThat(promise.future().result()).isEqualTo("kept");
    assertThat(same.get(10, TimeUnit.SECONDS)).isFalse();
  }
}
