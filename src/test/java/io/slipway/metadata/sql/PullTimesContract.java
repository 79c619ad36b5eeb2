package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.AroundTransactions;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every database does with the times of pulls, which are gathered before. */
public interface PullTimesContract extends MetadataContract {
  default List<String> pulled() {
    return rows("SELECT digest AS value FROM manifest WHERE pulled_at IS NOT NULL");
  }

  @Test
  default void keepsPullsThatCouldNotBeWritten() {
    get(manifests().put(manifest("image").build()));
    Deque<Future<?>> answers =
        new ArrayDeque<>(List.of(Future.failedFuture(new IllegalStateException("away"))));
    SqlPullTimes times =
        new SqlPullTimes(
            new AroundTransactions(
                database(),
                () -> answers.isEmpty() ? Future.succeededFuture() : answers.pop(),
                Future::succeededFuture));
    times.pulled(APP, digest("image"));
    assertThat(get(times.flush().map(true).otherwise(false))).isFalse();
    assertThat(pulled()).isEmpty();
    get(times.flush());
    assertThat(pulled()).containsExactly(digest("image").text());
  }

  @Test
  default void keepsNoPullsOfWhatIsGone() {
    get(manifests().put(manifest("image").build()));
    SqlPullTimes times = new SqlPullTimes(database());
    times.pulled(APP, digest("image"));
    get(manifests().delete(APP, digest("image"), ACTOR));
    get(times.flush());
    get(manifests().put(manifest("image").build()));
    get(times.flush());
    assertThat(pulled()).isEmpty();
  }
}
