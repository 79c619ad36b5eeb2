package io.slipway.clients.faults;

import io.slipway.clients.SmallDisk;
import io.slipway.clients.faults.Toxiproxy.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * A server that the registry needs.
 *
 * @param name as it stands in the table
 * @param link the only way to it
 * @param disk where it keeps what it is given
 * @param patience how long a request may take that comes to an end while the server is away
 */
record Dependency(Name name, Link link, SmallDisk disk, Duration patience) {
  /** All of them. */
  enum Name {
    POSTGRESQL("PostgreSQL"),
    S3("S3");

    private final String text;

    Name(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Leaves the server not a byte. */
  void fill() {
    try {
      disk.fillUpTo(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes everything good again. */
  void mend() {
    try {
      disk.release();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    link.mend();
  }
}
