package io.slipway.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Repeats steps that may be many: a chain of futures would grow with their number. */
final class Rounds {
  private Rounds() {}

  /** Takes steps, one after the other, as long as they answer that there is more. */
  static Future<Void> whileMore(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    take(step, done);
    return done.future();
  }

  private static void take(Supplier<Future<Boolean>> step, Promise<Void> done) {
    Future<Boolean> taken;
    try {
      taken = step.get();
    } catch (RuntimeException e) {
      done.fail(e);
      return;
    }
    taken.onComplete(
        more -> {
          if (more) {
            take(step, done);
          } else {
            done.complete();
          }
        },
        done::fail);
  }
}
