package io.slipway.auth.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What became of what somebody wanted. */
public enum AuditOutcome {
  /** It was done. */
  DONE,
  /** It was begun, and did not end well. */
  FAILED,
  /** It was refused to somebody who gave no credentials. */
  UNAUTHENTICATED,
  /** The credentials were wrong: a password, a key, a token. */
  LOGIN_FAILED,
  /** Whoever asked may not do that. */
  DENIED,
  /** There were too many requests, or wrong passwords before. */
  LIMITED;

  /** Returns the word for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds the outcome that a word stands for. */
  public static Optional<AuditOutcome> find(String text) {
    return Arrays.stream(values()).filter(outcome -> outcome.text().equals(text)).findFirst();
  }
}
