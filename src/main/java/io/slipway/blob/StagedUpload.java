package io.slipway.blob;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one upload on their way in.
 *
 * <p>Calls are carried out one after the other, in the order they were made, on threads of the
 * store. A failed write leaves exactly the bytes of the writes before it. Futures complete on the
 * caller's context.
 */
public interface StagedUpload {

  /**
   * Returns how many bytes are stored. Bytes that were appended are stored at the latest when a
   * {@link #release} or {@link #sync} after them has succeeded; after one that failed, it tells how
   * many of them are.
   */
  long size();

  /** Tells how far it is, for another process to go on from there. Callable from any thread. */
  StagedProgress progress();

  /**
   * Begins a request's turn.
   *
   * @param expected how many bytes the whole upload may have, as far as the request tells
   */
  void begin(WriterTurn turn, long expected);

  /**
   * Appends and hashes a batch. The buffers must not be changed until the future completes.
   *
   * <p>Fails with {@code STORAGE_FULL} when too little space would be left, with {@code
   * UNAVAILABLE} when the store does not work at the moment.
   */
  Future<Void> append(List<Buffer> batch);

  /** Forgets every byte from {@code size} on, which is what it was when the turn began. */
  Future<Void> truncate(long size);

  /**
   * Returns the digest of all bytes; may read them back when they were hashed with another
   * algorithm as they passed. Empty when that can be done only later: then {@link #publish}
   * verifies it.
   */
  Future<Optional<Digest>> digest(DigestAlgorithm algorithm);

  /** Makes the bytes durable and lets go of what writing needed; later calls take it again. */
  Future<Void> sync();

  /**
   * Lets go of what writing needs, between two requests. The bytes stay for this process and, where
   * the store is shared, for every other.
   */
  Future<Void> release();

  /**
   * Puts synced bytes where they can be read, durably, and names them. Where their place is their
   * digest's, nobody else publishes or deletes the digest meanwhile. Fails with {@code
   * DIGEST_INVALID} when the digest could only be verified now, and is another.
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
     * failed: its commit may have taken effect, or still be on its way, and is waited for. Fails
     * when that cannot be told; then the bytes stay where they were named.
     */
    Future<Boolean> isNamed();
  }
}
