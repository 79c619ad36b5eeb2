package io.slipway.database;

/** Says that a job went on after its lease had ended and somebody else had taken it. */
public final class LostLeaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostLeaseException(String name, long token) {
    super(
        "tried to go on with "
            + name
            + " but its lease, number "
            + token
            + ", has ended and somebody else has taken it",
        null,
        false,
        false);
  }
}
