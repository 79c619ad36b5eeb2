package io.slipway.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the messages that a process did not understand, and says so once for each address: while a
 * cluster is upgraded there may be many, and none of them is missed. Thread-safe.
 */
public final class BusRefusals implements Shareable {
  private static final Logger LOG = LoggerFactory.getLogger(BusRefusals.class);
  private static final int MOST_TOLD = 100;

  private final LongAdder count = new LongAdder();
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  private BusRefusals() {}

  /** Returns those of a Vert.x. */
  public static BusRefusals of(Vertx vertx) {
    return vertx
        .sharedData()
        .<String, BusRefusals>getLocalMap("slipway.bus")
        .computeIfAbsent("refusals", key -> new BusRefusals());
  }

  void add(String address, String reason) {
    count.increment();
    if (told.size() < MOST_TOLD && told.add(address)) {
      LOG.info("refused a message on {}: {}; further ones are only counted", address, reason);
    } else {
      LOG.debug("refused a message on {}: {}", address, reason);
    }
  }

  /** Returns how many were refused. */
  public long count() {
    return count.sum();
  }
}
