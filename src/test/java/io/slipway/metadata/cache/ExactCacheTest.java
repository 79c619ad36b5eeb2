package io.slipway.metadata.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExactCacheTest {
  private final ExactCache<String, String> cache =
      new ExactCache<>(1000, (key, value) -> value.length());

  private Future<String> get(Future<String> load) {
    return cache.get("key", () -> load, value -> !value.equals("not worth it"));
  }

  @Test
  void loadsOnce() {
    AtomicInteger loads = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      Future<String> answer =
          cache.get(
              "key",
              () -> Future.succeededFuture("value" + loads.incrementAndGet()),
              value -> true);
      assertThat(answer.result()).isEqualTo("value1");
    }
  }

  @Test
  void forgetsWhatChanged() {
    get(Future.succeededFuture("old"));
    cache.changed("key");
    assertThat(get(Future.succeededFuture("new")).result()).isEqualTo("new");
  }

  @Test
  void keepsNoAnswerThatAChangeOvertook() {
    Promise<String> slow = Promise.promise();
    Future<String> answer = get(slow.future());
    cache.changed("key");
    slow.complete("old");
    assertThat(answer.result()).isEqualTo("old");
    assertThat(get(Future.succeededFuture("new")).result()).isEqualTo("new");
  }

  @Test
  void keepsAnAnswerThatCameAfterTheChange() {
    cache.changed("key");
    get(Future.succeededFuture("new"));
    assertThat(get(Future.succeededFuture("newer")).result()).isEqualTo("new");
  }

  @Test
  void keepsNeitherFailuresNorWhatIsNotWorthIt() {
    assertThat(get(Future.failedFuture("away")).failed()).isTrue();
    get(Future.succeededFuture("not worth it"));
    assertThat(get(Future.succeededFuture("value")).result()).isEqualTo("value");
  }

  @Test
  void keepsNoAnswerThatIsLargerThanItself() {
    get(Future.succeededFuture("x".repeat(2000)));
    cache.cleanUp();
    assertThat(get(Future.succeededFuture("value")).result()).isEqualTo("value");
  }
}
