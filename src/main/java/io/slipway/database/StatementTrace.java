package io.slipway.database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log, at level TRACE, which statements are run: their text without the values, each time
 * one is tried, and nothing of where transactions begin and end. Thread-safe.
 */
public final class StatementTrace {
  private static final Logger LOG = LoggerFactory.getLogger(StatementTrace.class);

  private StatementTrace() {}

  /** Tells of one that is about to be run. */
  public static void tell(String sql) {
    LOG.trace("{}", sql);
  }
}
