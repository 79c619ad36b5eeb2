package io.slipway.blob.s3;

import io.slipway.blob.SerialWork;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs steps that wait for S3, each on a virtual thread; results come on the caller's context. */
final class Steps {
  private static final int CLOSE_SECONDS = 10;

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("slipway-s3-step-", 0).factory());

  /** Runs one step by itself. */
  <T> Future<T> one(Callable<T> step) {
    return queue().run(step);
  }

  /** Returns a queue whose steps run one after the other. */
  SerialWork queue() {
    return new SerialWork(threads, failure -> failure);
  }

  /** Lets running steps end, at most ten seconds. Blocks. */
  void close() throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      threads.shutdownNow();
    }
  }
}
