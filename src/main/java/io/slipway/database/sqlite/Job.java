package io.slipway.database.sqlite;

/** Something a caller waits for. */
interface Job {
  /** Answers that it could not be done. */
  void fail(Throwable failure);
}
