package io.slipway.clients.faults;

import java.time.Duration;

/**
 * A server that the registry uses.
 *
 * @param name as it stands in the table
 * @param link the only way to it
 * @param store where it keeps what it is given
 * @param patience how long a request may take that comes to an end while the server is away
 * @param recovery how long it may take until the server is used again
 */
record Dependency(Name name, ToxicLink link, Store store, Duration patience, Duration recovery) {
  /** All of them. */
  enum Name {
    POSTGRESQL("PostgreSQL"),
    S3("S3"),
    REDIS("Redis");

    private final String text;

    Name(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Makes everything good again. */
  void mend() {
    store.release();
    link.mend();
  }
}
