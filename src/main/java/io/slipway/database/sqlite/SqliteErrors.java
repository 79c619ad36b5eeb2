package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says what SQLite's result codes mean for a caller. */
final class SqliteErrors {
  private static final int PRIMARY_CODE = 0xff;

  private SqliteErrors() {}

  static DatabaseException of(String action, SQLException cause) {
    return new DatabaseException(
        reason(cause), "tried to " + action + " but " + cause.getMessage(), cause);
  }

  /**
   * Tells whether the database file can no longer be trusted: after a failed read, write or sync
   * nobody knows what it holds (a second fsync succeeds though the pages are lost).
   */
  static boolean isFatal(Throwable failure) {
    if (!(failure instanceof DatabaseException e
        && e.getCause() instanceof SQLiteException cause)) {
      return false;
    }
    SQLiteErrorCode code = cause.getResultCode();
    return switch (SQLiteErrorCode.getErrorCode(code.code & PRIMARY_CODE)) {
      // The shared index could not grow: the disk is full, and nothing was written yet.
      case SQLITE_IOERR -> code != SQLiteErrorCode.SQLITE_IOERR_SHMSIZE;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> true;
      default -> false;
    };
  }

  private static Reason reason(SQLException cause) {
    if (!(cause instanceof SQLiteException e)) {
      return Reason.OTHER;
    }
    return switch (e.getResultCode()) {
      case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
          Reason.UNIQUE_VIOLATION;
      case SQLITE_CONSTRAINT_FOREIGNKEY -> Reason.FOREIGN_KEY_VIOLATION;
      // ON DELETE RESTRICT is carried out by a trigger of SQLite's own.
      case SQLITE_CONSTRAINT_TRIGGER ->
          String.valueOf(e.getMessage()).contains("FOREIGN KEY")
              ? Reason.FOREIGN_KEY_VIOLATION
              : Reason.OTHER;
      case SQLITE_FULL, SQLITE_IOERR_SHMSIZE -> Reason.FULL;
      default ->
          switch (SQLiteErrorCode.getErrorCode(e.getResultCode().code & PRIMARY_CODE)) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN, SQLITE_IOERR -> Reason.UNAVAILABLE;
            default -> Reason.OTHER;
          };
    };
  }
}
