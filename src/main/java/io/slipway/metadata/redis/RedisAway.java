package io.slipway.metadata.redis;

/** Says why Redis did not answer. Has no stack trace: it is made for every request meanwhile. */
final class RedisAway extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why there was no answer. */
  enum Reason {
    /** It was not asked: there is no connection, or too much is under way. */
    NOT_ASKED,
    /** It took too long. */
    SILENT,
    /** The connection broke, or it answered with an error. */
    FAILED
  }

  private final Reason reason;

  RedisAway(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
