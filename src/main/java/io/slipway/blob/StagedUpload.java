package io.slipway.blob;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * The bytes of one upload on their way in.
 *
 * <p>Calls are carried out one after the other, in the order they were made, on threads of the
 * store. A failed write leaves exactly the bytes of the writes before it. Futures complete on the
 * caller's context.
 */
public interface StagedUpload {

  /** Returns how many bytes are stored; a write counts when its future has completed. */
  long size();

  /**
   * Appends and hashes a batch. The buffers must not be changed until the future completes.
   *
   * <p>Fails with {@code STORAGE_FULL} when too little space would be left.
   */
  Future<Void> append(List<Buffer> batch);

  /** Forgets every byte from {@code size} on. */
  Future<Void> truncate(long size);

  /**
   * Returns the digest of all bytes; reads them back when they were hashed with another algorithm
   * as they passed.
   */
  Future<Digest> digest(DigestAlgorithm algorithm);

  /** Makes the bytes durable and lets go of what writing needed; later calls take it again. */
  Future<Void> sync();

  /**
   * Lets go of what writing needs, between two requests. The bytes stay, and are not made durable.
   */
  Future<Void> release();

  /**
   * Puts synced bytes where their digest says, durably, and names them. Nobody else publishes or
   * deletes the digest meanwhile.
   *
   * @param naming told the location; false or a failure means that they were not named
   * @return what the naming answered
   */
  Future<Boolean> publish(Digest digest, Naming naming);

  /** Names bytes that lie where their digest says. */
  interface Naming {
    /** Names the bytes in a transaction. */
    Future<Boolean> name(String location);

    /**
     * Tells whether anybody names bytes of this digest, and so needs them although this naming
     * failed.
     */
    Future<Boolean> isNamed();
  }
}
