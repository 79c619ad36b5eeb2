package io.slipway.database.postgres;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import io.vertx.pgclient.PgException;
import org.jspecify.annotations.Nullable;

/** Says what PostgreSQL's conditions and the client's failures mean for a caller. */
final class PostgresErrors {
  /**
   * What in a server refuses a session that begins with the wish to write and may not; the state
   * and the sentence differ by release and language. No other setting of ours is checked there.
   */
  private static final String CHECK = "call_bool_check_hook";

  private static final String IS_STANDBY =
      "the server is a standby, or takes no changes: database.url must lead to the primary";

  private PostgresErrors() {}

  static DatabaseException of(String action, Throwable cause) {
    return new DatabaseException(
        reason(cause), "tried to " + action + " but " + text(cause), cause);
  }

  /** Tells whether the server undid a transaction that may succeed when it is run again. */
  static boolean isToBeRunAgain(@Nullable Throwable failure) {
    return failure instanceof DatabaseException e
        && e.getCause() instanceof PgException cause
        && switch (String.valueOf(cause.getSqlState())) {
          case "40001", "40P01" -> true;
          default -> false;
        };
  }

  /** Says why the client or the server failed a statement, or refused a session. */
  static String text(Throwable cause) {
    if (cause instanceof PgException e) {
      return (isStandby(e) ? IS_STANDBY : e.getErrorMessage()) + " (" + e.getSqlState() + ")";
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static Reason reason(Throwable cause) {
    // Whatever is not the server's own word went wrong on the way to it.
    return cause instanceof PgException e && !isStandby(e)
        ? reason(String.valueOf(e.getSqlState()))
        : Reason.UNAVAILABLE;
  }

  private static boolean isStandby(PgException refusal) {
    return CHECK.equals(refusal.getRoutine());
  }

  private static Reason reason(String state) {
    return switch (state) {
      case "23505" -> Reason.UNIQUE_VIOLATION;
      case "23503" -> Reason.FOREIGN_KEY_VIOLATION;
      case "53100" -> Reason.FULL;
      // Deadlock, serialization, a lock or a statement that took too long, a transaction that was
      // silent too long, a server that only reads because another one took over.
      case "40001", "40P01", "55P03", "57014", "25P03", "25P04", "25006", "3D000" ->
          Reason.UNAVAILABLE;
      default ->
          switch (state.substring(0, 2)) {
            // Connection, sign-in, resources, the operator (a shutdown), the system (a disk).
            case "08", "28", "53", "57", "58" -> Reason.UNAVAILABLE;
            default -> Reason.OTHER;
          };
    };
  }
}
