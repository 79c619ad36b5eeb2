package io.slipway.clients.faults;

import io.slipway.clients.faults.Toxiproxy.Link;
import io.vertx.core.json.JsonObject;
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

  /** In the middle of a manifest. */
  private static final int CACHE_BYTES = 400;

  private static final long[] LONG = {0, 100, 1000, 5000, 20_000, 100_000, 2_000_000, 6_000_000};
  private static final long[] LONG_OF_CACHE = {0, 10, 100, 200, CACHE_BYTES, 600, 1000};

  /**
   * Returns all faults; in the long form connections break after more different numbers of bytes.
   */
  static List<Fault> all(Dependency.Name name) {
    List<Fault> all = new ArrayList<>();
    all.add(new Fault("cut", Kind.CUT, server -> server.link().enable(false)));
    all.add(new Fault("slow", Kind.SLOW, server -> slow(server.link())));
    for (long bytes : Boolean.getBoolean("slipway.long") ? many(name) : inTheMiddle(name)) {
      all.add(breaksAfter(bytes));
    }
    all.add(new Fault("reset", Kind.RESET, server -> reset(server.link())));
    all.add(new Fault("half-open", Kind.HALF_OPEN, server -> halfOpen(server.link())));
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
        "breaks after " + bytes + " bytes",
        Kind.RESET,
        server -> server.link().add("limit_data", new JsonObject().put("bytes", bytes)));
  }

  private static void slow(Link link) {
    link.add("latency", new JsonObject().put("latency", 40).put("jitter", 10));
    link.add("bandwidth", new JsonObject().put("rate", 20_000));
  }

  /** Each connection is reset a moment after it was made, whatever it is at. */
  private static void reset(Link link) {
    link.add("reset_peer", new JsonObject().put("timeout", 100));
  }

  private static void halfOpen(Link link) {
    link.add("timeout", new JsonObject().put("timeout", 0));
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
