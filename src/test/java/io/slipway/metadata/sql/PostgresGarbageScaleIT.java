package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresGarbageScaleIT implements GarbageScaleContract {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();
  @RegisterExtension final PostgresExtension large = PostgresExtension.named("large");

  @Override
  public Database database() {
    return postgres.database();
  }

  @Override
  public Database large() {
    return large.database();
  }

  @Override
  public Vertx vertx() {
    return postgres.vertx();
  }
}
