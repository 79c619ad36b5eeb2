package io.slipway.gc;

import io.slipway.database.Database;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.GarbageSweep;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * What a collection works on.
 *
 * @param pulls writes the pulls that are only in memory; before it marks
 * @param bytes deletes a batch of the bytes that are due, and says of how many keys; after it swept
 */
public record GcStores(
    Database database,
    GarbageMarks marks,
    GarbageSweep sweep,
    Supplier<Future<Void>> pulls,
    Supplier<Future<Integer>> bytes) {}
