package io.slipway.event;

import io.slipway.database.Database;
import io.vertx.core.Future;

/**
 * Takes back what a dead process was delivering, whose lease would hide it for a minute. To be run
 * at the start of the only process that uses the database: elsewhere the lease decides.
 */
public final class EventRecovery {
  // Those that wait after a failure come at once as well: a restart may be what they waited for.
  private static final String TAKE_BACK =
      "UPDATE delivery SET next_at = :now WHERE dead = FALSE AND next_at > :now";

  private final Database database;

  public EventRecovery(Database database) {
    this.database = database;
  }

  /** Runs once; the number of deliveries that are due again. */
  public Future<Integer> run() {
    return database.update(TAKE_BACK);
  }
}
