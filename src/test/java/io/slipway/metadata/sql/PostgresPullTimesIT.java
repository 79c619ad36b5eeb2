package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresPullTimesIT implements PullTimesContract {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @Override
  public Database database() {
    return postgres.database();
  }

  /** It waits for no lock, and has it written when that is free. */
  @Test
  void keepsPullsOfWhatSomebodyChangesMeanwhile() {
    get(manifests().put(manifest("image").build()));
    get(manifests().put(manifest("other").build()));
    SqlPullTimes times = new SqlPullTimes(database());
    times.pulled(APP, digest("image"));
    times.pulled(APP, digest("other"));
    Future<Void> changed =
        database()
            .transaction(
                transaction ->
                    transaction
                        .update(
                            "UPDATE manifest SET touched_at = touched_at WHERE digest = $1",
                            digest("image").text())
                        .compose(ignored -> times.flush()));
    get(changed);
    assertThat(pulled()).containsExactly(digest("other").text());
    get(times.flush());
    assertThat(pulled()).hasSize(2);
  }
}
