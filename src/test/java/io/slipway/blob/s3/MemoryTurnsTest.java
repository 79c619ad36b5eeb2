package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uploads that wait for the memory of others. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MemoryTurnsTest {
  private final PartMemory memory =
      new PartMemory(2 * PartMemory.CHUNK, Duration.ZERO, new SimpleMeterRegistry());
  private final List<Integer> served = new CopyOnWriteArrayList<>();

  /** Waits for so many chunks and gives them back. */
  private FutureTask<Void> waiter(int count) {
    return new FutureTask<>(
        () -> {
          memory.take(count);
          served.add(count);
          memory.giveBack(List.of(), count);
          return null;
        });
  }

  /** Is asked for memory, and gives some back when two wait. */
  private final class Reluctant implements PartMemory.Holder {
    private final Thread first;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch gave = new CountDownLatch(1);

    Reluctant(Thread first) {
      this.first = first;
    }

    @Override
    public long idleNanos() {
      return 1;
    }

    @Override
    public void giveWay() {
      if (!Thread.currentThread().equals(first)) {
        return;
      }
      if (asked.getCount() == 0 && memory.waiting() == 2 && gave.getCount() == 1) {
        memory.giveBack(List.of(), 1);
        gave.countDown();
      }
      asked.countDown();
    }
  }

  @Test
  void takeFromWhoIsSlow() throws Exception {
    PartMemory scarce =
        new PartMemory(2 * PartMemory.CHUNK, Duration.ofMillis(100), new SimpleMeterRegistry());
    scarce.take(2);
    AtomicInteger asked = new AtomicInteger();
    PartMemory.Holder slow =
        new PartMemory.Holder() {
          @Override
          public long idleNanos() {
            return 0;
          }

          @Override
          public void giveWay() {
            asked.incrementAndGet();
            scarce.remove(this);
            scarce.giveBack(List.of(), 2);
          }
        };
    scarce.add(slow);
    FutureTask<Void> taken =
        new FutureTask<>(
            () -> {
              scarce.take(1);
              return null;
            });
    Thread.ofVirtual().start(taken);
    taken.get(10, TimeUnit.SECONDS);
    assertThat(asked).hasValue(1);
  }

  @Test
  void takeFromWhoHasBeenSlowForLongest() throws Exception {
    PartMemory scarce =
        new PartMemory(3 * PartMemory.CHUNK, Duration.ofMillis(100), new SimpleMeterRegistry());
    List<String> asked = new CopyOnWriteArrayList<>();
    for (String name : List.of("first", "second", "third")) {
      scarce.take(1);
      scarce.add(new Slow(scarce, name, asked));
    }
    scarce.take(1);
    assertThat(asked).containsExactly("first");
    scarce.take(2);
    assertThat(asked).containsExactly("first", "second", "third");
  }

  /** Brings bytes all the time, never enough of them. */
  private static final class Slow implements PartMemory.Holder {
    private final PartMemory memory;
    private final String name;
    private final List<String> asked;

    Slow(PartMemory memory, String name, List<String> asked) {
      this.memory = memory;
      this.name = name;
      this.asked = asked;
    }

    @Override
    public long idleNanos() {
      return 0;
    }

    @Override
    public void giveWay() {
      asked.add(name);
      memory.remove(this);
      memory.giveBack(List.of(), 1);
    }
  }

  @Test
  void askAnotherWhenTheFirstCannotGiveWay() throws Exception {
    PartMemory scarce =
        new PartMemory(2 * PartMemory.CHUNK, Duration.ofMillis(100), new SimpleMeterRegistry());
    List<String> asked = new CopyOnWriteArrayList<>();
    scarce.take(2);
    scarce.add(
        new PartMemory.Holder() {
          @Override
          public long idleNanos() {
            return 0;
          }

          @Override
          public void giveWay() {
            asked.add("stuck");
          }
        });
    scarce.add(new Slow(scarce, "other", asked));
    scarce.take(1);
    assertThat(asked).containsExactly("stuck", "other");
  }

  @Test
  void keepTheirPlaceWhileTheyLookForSilentClients() throws Exception {
    memory.take(2);
    FutureTask<Void> large = waiter(2);
    Thread first = Thread.ofVirtual().unstarted(large);
    Reluctant holder = new Reluctant(first);
    memory.add(holder);
    first.start();
    holder.asked.await();
    FutureTask<Void> small = waiter(1);
    Thread.ofVirtual().start(small);
    holder.gave.await();
    assertThat(memory.tryTake(1)).as("what others wait for").isFalse();
    memory.giveBack(List.of(), 1);
    large.get();
    small.get();
    assertThat(served).containsExactly(2, 1);
    Eventually.happens("nobody waits", () -> memory.waiting() == 0);
    assertThat(memory.tryTake(2)).isTrue();
  }
}
