package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeletionsTest {
  private static List<Integer> uploads(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  void goesOnAfterADeletionThatThrows() {
    List<Promise<Void>> begun = new ArrayList<>();
    Future<List<Integer>> deleted =
        Deletions.of(
            uploads(20),
            upload -> {
              if (upload % 2 == 1) {
                throw new IllegalStateException("torn");
              }
              begun.add(Promise.promise());
              return begun.getLast().future();
            });
    // Each end begins more, on the stack of whoever ended it.
    for (int i = 0; i < begun.size(); i++) {
      begun.get(i).complete();
    }
    assertThat(get(deleted))
        .containsExactlyInAnyOrderElementsOf(
            uploads(20).stream().filter(upload -> upload % 2 == 0).toList());
  }

  @Test
  void doesManyThatAreDoneAtOnce() {
    assertThat(get(Deletions.of(uploads(200_000), upload -> Future.succeededFuture())))
        .hasSize(200_000);
  }

  /** Those under way end; none is begun after them. */
  @Test
  void beginsNoneMoreWhenItIsToStop() {
    List<Promise<Void>> begun = new ArrayList<>();
    AtomicBoolean stopping = new AtomicBoolean();
    Future<List<Integer>> deleted =
        Deletions.of(
            uploads(200),
            upload -> {
              begun.add(Promise.promise());
              return begun.getLast().future();
            },
            stopping::get);
    stopping.set(true);
    int underWay = begun.size();
    for (int i = 0; i < begun.size(); i++) {
      begun.get(i).complete();
    }
    assertThat(get(deleted)).hasSize(underWay);
  }
}
