package io.slipway.database;

/** Says why the database refused or failed a statement, in terms that hold for every dialect. */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Tells the failures apart that callers treat differently. */
  public enum Reason {
    /** A row with this key is already there. */
    UNIQUE_VIOLATION,
    /** A row that is named is missing, or a row that is still named would go. */
    FOREIGN_KEY_VIOLATION,
    /** The disk of the database is full. */
    FULL,
    /** The database cannot be reached, is overloaded or is closed. */
    UNAVAILABLE,
    /** Anything else: most likely a defect. */
    OTHER
  }

  private final Reason reason;

  public DatabaseException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public DatabaseException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
