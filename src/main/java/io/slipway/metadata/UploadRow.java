package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import java.util.Optional;

/**
 * An upload session as the database knows it, which decides.
 *
 * @param actor who opened it
 * @param epoch grows with each writer by a random step, so that no other one ever has it, not even
 *     when the database lost its last changes with its power; who holds an older one counts no more
 * @param epochBefore what it was until the caller began; the same where nobody just has
 * @param writer names the node of this epoch's writer while that has not recorded yet that it is
 *     done; until then the progress may change without a new epoch
 * @param progress how far its bytes are
 * @param algorithm what the bytes are hashed with as they pass
 * @param digest what they are, once sealed
 */
public record UploadRow(
    String id,
    RepositoryName repository,
    String actor,
    DigestAlgorithm algorithm,
    State state,
    long epoch,
    long epochBefore,
    Optional<String> writer,
    UploadProgress progress,
    Optional<Digest> digest) {

  /** Tells whether the writer of this epoch has not recorded yet that it is done. */
  public boolean writing() {
    return writer.isPresent();
  }

  /** Returns how many bytes are stored and acknowledged. */
  public long size() {
    return progress.size();
  }

  /** The life of an upload: open → sealed → finished, or closed. */
  public enum State {
    /** Bytes may be added. */
    OPEN,
    /** Digest right and every byte stored: no byte changes any more, only its naming is left. */
    SEALED,
    /** Named; kept for a while, so that a repeated request gets the same answer. */
    FINISHED,
    /** Cancelled or expired; its bytes are to be deleted. */
    CLOSED
  }
}
