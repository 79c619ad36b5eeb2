package io.slipway.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Steps whose threads end, or whose callers throw. */
class SerialWorkTest {
  private final Queue<Runnable> begun = new ArrayDeque<>();
  private final List<Future<Integer>> queued = new ArrayList<>();
  private boolean ended;

  private SerialWork work(Executor threads) {
    return new SerialWork(threads, failure -> new IllegalStateException("translated", failure));
  }

  private void runBegun() {
    for (Runnable next = begun.poll(); next != null; next = begun.poll()) {
      next.run();
    }
  }

  @Test
  void failsWhatItsThreadsRefuse() {
    SerialWork[] work = new SerialWork[1];
    work[0] =
        work(
            step -> {
              if (ended) {
                // As of another caller, just before the refusal.
                queued.add(work[0].run(() -> 2));
                throw new RejectedExecutionException("ended");
              }
              begun.add(step);
            });
    ended = true;
    queued.add(work[0].run(() -> 1));
    assertThat(queued)
        .hasSize(2)
        .allSatisfy(
            refused ->
                assertThat(refused.cause())
                    .hasMessage("translated")
                    .hasCauseInstanceOf(RejectedExecutionException.class));
    ended = false;
    Future<Integer> next = work[0].run(() -> 3);
    runBegun();
    assertThat(next.result()).isEqualTo(3);
  }

  @Test
  void goesOnAfterACallerThatThrows() {
    SerialWork work = work(begun::add);
    work.run(() -> 1)
        .onComplete(
            ignored -> {
              throw new IllegalArgumentException("of the caller");
            });
    Future<Integer> second = work.run(() -> 2);
    runBegun();
    assertThat(second.result()).isEqualTo(2);
    Future<Integer> third = work.run(() -> 3);
    runBegun();
    assertThat(third.result()).isEqualTo(3);
  }
}
