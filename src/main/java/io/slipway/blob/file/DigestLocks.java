package io.slipway.blob.file;

import io.slipway.oci.Digest;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Lets one at a time publish or delete the bytes of a digest, in the order they came. Blocks no
 * thread.
 */
final class DigestLocks {
  private final ConcurrentHashMap<Digest, Future<Boolean>> tails = new ConcurrentHashMap<>();

  /** Runs work while nobody else works on the digest; on the caller's context. */
  <T> Future<T> hold(Digest digest, Supplier<Future<T>> work) {
    ContextPromise<Boolean> released = new ContextPromise<>();
    ContextPromise<Boolean> entered = new ContextPromise<>();
    Future<Boolean> before = tails.put(digest, released.future());
    if (before == null) {
      entered.succeed(true);
    } else {
      before.onComplete(ignored -> entered.succeed(true));
    }
    return entered
        .future()
        .compose(ignored -> work.get())
        .onComplete(
            ignored -> {
              tails.remove(digest, released.future());
              released.succeed(true);
            });
  }
}
