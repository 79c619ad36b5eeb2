package io.slipway.clients.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Something that goes wrong between the registry and a server.
 *
 * @param name as it stands in the table
 * @param kind what may be expected of it
 */
record Fault(String name, Kind kind, Consumer<Dependency> begin) {
  /** What the connections do. */
  enum Kind {
    /** None can be made, and those that were there have ended. */
    CUT,
    /** They are slow, and everything arrives. */
    SLOW,
    /** They break in the middle. */
    RESET,
    /** They stay, and nothing arrives any more. */
    HALF_OPEN,
    /** They work, but the server has no space. */
    FULL,
    /** They work, but what comes is not what was stored. */
    WRONG
  }

  private static final int DATABASE_BYTES = 20_000;
  private static final int OBJECT_BYTES = 2_000_000;

  /** A network that is far away and busy. */
  private static final Duration LATENCY = Duration.ofMillis(40);

  private static final Duration JITTER = Duration.ofMillis(10);
  private static final long BYTES_PER_SECOND = 20_000_000;

  /** In the middle of a manifest. */
  private static final int CACHE_BYTES = 400;

  private static final long[] LONG = {0, 100, 1000, 5000, 20_000, 100_000, 2_000_000, 6_000_000};
  private static final long[] LONG_OF_CACHE = {0, 10, 100, 200, CACHE_BYTES, 600, 1000};

  /**
   * Returns all faults; in the long form connections break after more different numbers of bytes.
   */
  static List<Fault> all(Dependency.Name name) {
    List<Fault> all = new ArrayList<>();
    all.add(new Fault("cut", Kind.CUT, server -> server.link().cut()));
    all.add(
        new Fault(
            "slow", Kind.SLOW, server -> server.link().slow(LATENCY, JITTER, BYTES_PER_SECOND)));
    for (long bytes : Boolean.getBoolean("slipway.long") ? many(name) : inTheMiddle(name)) {
      all.add(breaksAfter(bytes));
    }
    all.add(new Fault("reset", Kind.RESET, server -> server.link().reset()));
    all.add(new Fault("half-open", Kind.HALF_OPEN, server -> server.link().silence()));
    all.add(new Fault("full", Kind.FULL, server -> server.store().fill()));
    if (name == Dependency.Name.REDIS) {
      all.add(new Fault("other bytes", Kind.WRONG, server -> server.store().spoil()));
    }
    return all;
  }

  /** Returns how many bytes end some requests in the middle. */
  private static long[] inTheMiddle(Dependency.Name name) {
    return new long[] {
      switch (name) {
        case POSTGRESQL -> DATABASE_BYTES;
        case S3 -> OBJECT_BYTES;
        case REDIS -> CACHE_BYTES;
      }
    };
  }

  private static long[] many(Dependency.Name name) {
    return name == Dependency.Name.REDIS ? LONG_OF_CACHE : LONG;
  }

  private static Fault breaksAfter(long bytes) {
    return new Fault(
        "breaks after " + bytes + " bytes", Kind.RESET, server -> server.link().breakAfter(bytes));
  }

  /** Tells whether nothing reaches the server. */
  boolean isSilence() {
    return kind == Kind.CUT || kind == Kind.HALF_OPEN;
  }

  @Override
  public String toString() {
    return name;
  }
}
