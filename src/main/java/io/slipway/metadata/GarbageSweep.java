package io.slipway.metadata;

import io.slipway.database.Lease;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Deletes what nothing needs. Each call is one transaction that locks what was marked, then looks
 * whether anything needs it now: it decides anew, and leaves alone what somebody else holds.
 *
 * <p>Each fails with {@link io.slipway.database.LostLeaseException} when the lease is no longer the
 * caller's. Cutoffs are as in {@link GarbageMarks}. For some fifty at a time.
 */
public interface GarbageSweep {

  /**
   * Deletes manifests; those that hold each other go together if all of them are given.
   *
   * @return the deleted ones
   */
  Future<List<Digest>> manifests(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff);

  /** Deletes links; returns the digests of the deleted ones. */
  Future<List<Digest>> links(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff);

  /**
   * Deletes blobs, and puts the keys of their bytes into the trash.
   *
   * @param deleteAfter how long their bytes are kept
   * @return the deleted ones
   */
  Future<List<DeadBlob>> blobs(Lease lease, List<Digest> marked, long cutoff, Duration deleteAfter);
}
