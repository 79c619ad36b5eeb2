package io.slipway.gc;

import io.slipway.database.Database;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.RecentMarks;
import io.slipway.metadata.Restore;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * What a collection works on.
 *
 * @param restore tells whether a rebuild has yet to bring something back
 * @param pulls writes the pulls that are only in memory; before it marks
 * @param bytes deletes a batch of the bytes that are due, and says of how many keys; after it
 *     swept, again as long as a batch is full
 */
public record GcStores(
    Database database,
    Restore restore,
    GarbageMarks marks,
    RecentMarks recent,
    GarbageSweep sweep,
    Supplier<Future<Void>> pulls,
    Supplier<Future<Integer>> bytes) {
  /** The number of keys in a batch of which there may be more. */
  public static final int FULL_BATCH = 100;
}
