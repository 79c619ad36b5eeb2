package io.slipway.database.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.PostgresUrl;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** A node that locks a row, says so, and goes on after a second, if it is let. */
public final class SilentNode {
  private SilentNode() {}

  /** Takes the URL of the database. */
  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    String sql = "UPDATE item SET size = size + $1 WHERE name = 'held'";
    PostgresDatabase.open(
            PostgresOptions.of(PostgresUrl.parse(args[0])), vertx, new SimpleMeterRegistry())
        .compose(
            database ->
                database.transaction(
                    transaction ->
                        transaction
                            .update(sql, 1000)
                            .onSuccess(ignored -> System.out.println("holds"))
                            .compose(ignored -> vertx.timer(1, TimeUnit.SECONDS))
                            .compose(ignored -> transaction.update(sql, 1000))))
        .onSuccess(ignored -> System.out.println("committed"))
        .onFailure(cause -> System.out.println("failed"));
  }
}
