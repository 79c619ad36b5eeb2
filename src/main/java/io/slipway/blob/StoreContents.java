package io.slipway.blob;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Shows what lies in a store, whatever the metadata says of it, to those who check the metadata or
 * make it anew. Keys are paths of {@code /}-separated names.
 */
public interface StoreContents {
  /** Begins a walk through everything below a folder; the caller closes it. */
  Walk walk(String folder);

  /** Tells whether bytes that were pushed may lie below {@code uploads/}, not yet moved. */
  boolean hasUnmoved();

  /**
   * Looks at the bytes that lie under a key now; the caller closes what it gets.
   *
   * @return empty when there are none; fails when that cannot be told
   */
  Future<Optional<Snapshot>> open(String key);

  /**
   * Moves the bytes of a digest out of the way of everybody, and says so to the metadata; where
   * their place is their digest's, nobody publishes or deletes the digest meanwhile.
   *
   * @param snapshot what was found wrong, closed or not; empty when nothing was found
   * @param mark told the place that the metadata should name from now on; its answer is the result
   * @return false, with nothing done, when something else is there by now
   */
  Future<Boolean> quarantine(
      Digest digest,
      String key,
      Optional<Snapshot> snapshot,
      Function<String, Future<Boolean>> mark);

  /** A walk that holds as much of a folder as one answer has. One call at a time. */
  interface Walk {
    /** Returns some objects that were not returned before, in no order; none at the end. */
    Future<List<Entry>> next();

    /** Lets go of what it holds; nothing happens the second time. */
    Future<Void> close();
  }

  /**
   * What a walk tells of an object.
   *
   * @param size bytes
   * @param changedAt when it was written, by the clock of the store
   */
  record Entry(String key, long size, Instant changedAt) {}

  /** The bytes under a key as they were at one moment. */
  interface Snapshot {
    long size();

    /**
     * Shows a part of the bytes to a reader, on a thread that may block.
     *
     * @param offset at most the size
     * @param length bytes, which may be more than are left
     * @return how many bytes were shown; fails with {@code BLOB_UNKNOWN} when they were replaced or
     *     deleted, with something else when they cannot be read now
     */
    Future<Integer> read(long offset, int length, Consumer<ByteBuffer> reader);

    /** Lets go of the bytes. */
    Future<Void> close();
  }
}
