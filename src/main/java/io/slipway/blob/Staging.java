package io.slipway.blob;

import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.util.List;

/** Takes the bytes of uploads, which nobody can read before they are published. Thread-safe. */
public interface Staging {

  /**
   * Tells whether other nodes can go on with what this one staged. Then only the session's row
   * tells how far an upload is, and no byte is written that has no row.
   */
  boolean isShared();

  /** Starts with nothing; writes nothing yet. */
  StagedUpload create(String id, DigestAlgorithm algorithm);

  /**
   * Opens what another process, or an earlier life of this one, left. May read and hash it.
   *
   * @param progress how much of it counts; the rest is cut off; fails when there is less
   */
  Future<StagedUpload> reopen(String id, DigestAlgorithm algorithm, StagedProgress progress);

  /** Opens what was synced, to be published and nothing else. */
  StagedUpload reopenSynced(String id, DigestAlgorithm algorithm, StagedProgress progress);

  /** Deletes the bytes of an upload that will not go on; nothing happens when there are none. */
  Future<Void> discard(String id);

  /** Deletes what is left of an upload besides the bytes that were published. */
  Future<Void> tidy(String id, StagedProgress progress);

  /** Returns what earlier lives of the only process left; nothing where the store is shared. */
  Leftovers leftovers();

  /** What earlier lives of the only process left. */
  interface Leftovers {
    /** Returns how many bytes of an upload there are, -1 for nothing at all. */
    Future<Long> size(String id);

    /** Lists the uploads of which there are bytes. */
    Future<List<String>> list();
  }
}
