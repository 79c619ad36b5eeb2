package io.slipway.metadata;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Knows which bytes lie where they were uploaded and not yet where their digest says. Several may
 * move one blob at once, and each may sleep between two calls: the one whose token stands in the
 * row last is the one who may end the move.
 */
public interface BlobMoves {

  /**
   * Lists blobs that wait to be moved, oldest first.
   *
   * @param after one that was listed before, behind which it goes on; empty to begin at the oldest
   */
  Future<List<StoredBlob>> waiting(int limit, Optional<StoredBlob> after);

  /** Tells how long the oldest of them has waited, in milliseconds; 0 when none waits. */
  Future<Long> lag();

  /**
   * Claims the key a blob is moved to. To be followed by {@link #isFree}, in this order: whoever
   * deletes the key looks for claims after its own.
   *
   * @return false when the blob is no longer there
   */
  Future<Boolean> claim(StoredBlob blob, String to, String token);

  /** Tells whether nobody is deleting a key, or has within the last hour. */
  Future<Boolean> isFree(String to);

  /** Gives a claim back. */
  Future<Void> retreat(StoredBlob blob, String token);

  /**
   * Gives a claim back, for the store said that there is nothing at the place of the blob: unless
   * it is elsewhere by now, it is damaged.
   */
  Future<Void> missing(StoredBlob blob, String token);

  /**
   * Names the new place and discards the old one.
   *
   * @param kept how long readers may still use the old one
   * @return false when the claim is no longer the caller's: its copy counts for nothing
   */
  Future<Boolean> finish(StoredBlob blob, String to, String token, Duration kept);

  /**
   * Returns those of some keys that a blob or the trash names; all of them while the metadata are
   * being rebuilt, for then nobody knows.
   */
  Future<Set<String>> named(List<String> keys);

  /** Returns those of some ids that an upload session has. */
  Future<Set<String>> uploads(List<String> ids);
}
