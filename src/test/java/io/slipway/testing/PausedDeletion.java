package io.slipway.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Stops a node at the worst moment of a deletion of bytes in a bucket: it has signed the request,
 * has looked whether anybody needs the bytes, and has not sent it.
 */
public final class PausedDeletion {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LOCK = 7;

  /** Whoever claims something of the trash waits here, when it has signed already. */
  private static final String WAIT =
      """
      CREATE OR REPLACE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(%d); RETURN NULL; END';
      CREATE OR REPLACE TRIGGER wait AFTER UPDATE OF claimed_by ON trash
        FOR EACH ROW WHEN (NEW.claimed_by IS NOT NULL) EXECUTE FUNCTION wait_for_the_test()
      """
          .formatted(LOCK);

  private static final String WAITING =
      """
      SELECT pid FROM pg_stat_activity WHERE datname = current_database()
      AND wait_event_type = 'Lock' AND query LIKE '%s'
      """;

  private PausedDeletion() {}

  /**
   * Begins a collection, which finds something, and stops the node that it runs on.
   *
   * @param collect asks for it; runs on a thread of its own and may fail
   * @param pid of the node
   */
  public static void begin(String database, Runnable collect, long pid) throws SQLException {
    PostgresServer postgres = PostgresServer.shared();
    postgres.execute(database, WAIT);
    try (Connection holding = postgres.connect(database);
        Statement hold = holding.createStatement();
        Connection locking = postgres.connect(database);
        Statement lock = locking.createStatement()) {
      hold.execute("SELECT pg_advisory_lock(" + LOCK + ")");
      Thread.ofVirtual().start(collect);
      awaitWaiting(database, "UPDATE trash SET claimed_by%");
      locking.setAutoCommit(false);
      lock.execute("LOCK TABLE blob IN ACCESS EXCLUSIVE MODE");
      hold.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
      awaitWaiting(database, "SELECT location AS name, %");
      Signal.stop(pid);
      locking.rollback();
    }
  }

  private static void awaitWaiting(String database, String query) {
    Eventually.happens(
        "it waits: " + query,
        PATIENCE,
        () -> !PostgresServer.shared().query(database, WAITING.formatted(query)).isEmpty());
  }

  /** Lets others do at once what they would do later: what the one who sleeps had is free. */
  public static void letTimePass(String database) {
    PostgresServer.shared()
        .execute(
            database,
            """
            UPDATE lease SET until = 0;
            UPDATE trash SET claimed_at = 0 WHERE claimed_at IS NOT NULL;
            UPDATE trash SET buried_at = 0 WHERE buried_at IS NOT NULL
            """);
  }
}
