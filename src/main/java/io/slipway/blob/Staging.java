package io.slipway.blob;

import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.util.List;

/** Takes the bytes of uploads, which nobody can read before they are published. Thread-safe. */
public interface Staging {

  /** Starts with nothing; writes nothing yet. */
  StagedUpload create(String id, DigestAlgorithm algorithm);

  /**
   * Opens what an earlier life of the process left, reading and hashing it once.
   *
   * @param size how much of it counts; more is cut off; fails when there is less
   */
  Future<StagedUpload> reopen(String id, DigestAlgorithm algorithm, long size);

  /** Returns how many bytes an earlier life of the process left, -1 for nothing at all. */
  Future<Long> leftBehind(String id);

  /** Lists the uploads of which there are bytes. */
  Future<List<String>> list();

  /** Deletes the bytes of an upload that will not go on; nothing happens when there are none. */
  Future<Void> discard(String id);
}
