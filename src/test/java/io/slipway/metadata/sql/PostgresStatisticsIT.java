package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresStatisticsIT implements StatisticsContract {
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 2000 : 150;
  private static final int AT_ONCE = 8;

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @Override
  public Database database() {
    return postgres.database();
  }

  @Test
  void agreesWithTheTablesAfterChangesOfTwoNodesAtOnce() {
    Random random = new Random(SEED);
    List<Mixture> nodes =
        List.of(new Mixture(database(), random), new Mixture(postgres.open(), random));
    for (int round = 0; round < ROUNDS; round++) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        all.add(nodes.get(i % 2).step());
      }
      all.forEach(MetadataContract::get);
      if (round % 50 == 49) {
        requireAgreement();
      }
    }
    assertThat(nodes.getFirst().kinds()).isEqualTo(Mixture.KINDS);
    assertThat(postgres.count("slipway.database.retries")).as("deadlocks").isZero();
  }

  @Test
  void addsUpOnceWhenTwoNodesDoItTogether() {
    Database second = postgres.open();
    for (int i = 0; i < 40; i++) {
      commit(APP, "blob" + i);
      Future<Boolean> here = new StatisticsFold(database()).run();
      Future<Boolean> there = new StatisticsFold(second).run();
      get(here);
      get(there);
    }
    requireAgreement();
    assertThat(totals().blobs()).isEqualTo(40);
  }
}
