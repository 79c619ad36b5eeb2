package io.slipway.storage;

import io.slipway.blob.StoreContents.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Parts of a page of the store that fit into memory when what is copied there is read. */
final class EntryBatches {
  private static final int LARGEST_BATCH = 50;

  /** How many bytes a batch has at most; one that is larger is a batch alone. */
  private static final long BYTES = 8L << 20;

  private EntryBatches() {}

  /**
   * Returns the entries in their order.
   *
   * @param memory how many bytes one takes when it is read
   */
  static List<List<Entry>> of(List<Entry> page, ToLongFunction<Entry> memory) {
    List<List<Entry>> batches = new ArrayList<>();
    List<Entry> batch = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : page) {
      long own = memory.applyAsLong(entry);
      if (!batch.isEmpty() && (batch.size() == LARGEST_BATCH || bytes + own > BYTES)) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(entry);
      bytes += own;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }
}
