package io.slipway.event;

import io.slipway.database.Database;
import io.vertx.core.Future;

/**
 * Takes back what a dead process was delivering, whose lease would hide it for a minute. Should
 * that process live after all, the number of the attempt keeps it from changing what another one
 * took.
 */
public final class EventRecovery {
  // Those that wait after a failure come at once as well: a restart may be what they waited for.
  private static final String TAKE_BACK =
      "UPDATE delivery SET next_at = :now WHERE dead = FALSE AND next_at > :now";

  private static final String OF_NODE =
      "UPDATE delivery SET next_at = :now, taken_by = NULL"
          + " WHERE taken_by = $1 AND dead = FALSE AND next_at > :now";
  private static final String OF_MEMBER =
      "UPDATE delivery SET next_at = :now, taken_by = NULL"
          + " WHERE taken_by IN (SELECT id FROM node WHERE member = $1)"
          + " AND dead = FALSE AND next_at > :now";

  private final Database database;

  public EventRecovery(Database database) {
    this.database = database;
  }

  /**
   * Takes back everything, for the only process that uses the database; the number of deliveries
   * that are due again.
   */
  public Future<Integer> ofAll() {
    return database.update(TAKE_BACK);
  }

  /** Takes back what one node was at: this one, before it starts again. */
  public Future<Integer> ofNode(String node) {
    return database.update(OF_NODE, node);
  }

  /** Takes back what the node was at that the cluster knew by this name. */
  public Future<Integer> ofMember(String member) {
    return database.update(OF_MEMBER, member);
  }
}
