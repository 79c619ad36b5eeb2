package io.slipway.crash;

/** The registry died, or could not reach its database, before it answered: either may be true. */
final class LostAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LostAnswerException(String message) {
    super(message);
  }
}
