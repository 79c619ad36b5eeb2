package io.slipway.metadata;

import io.slipway.database.Lease;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Finds what may have become garbage since an earlier collection, without reading what did not
 * change since, and keeps what that collection knew. As {@link GarbageMarks} it decides nothing;
 * cutoffs are the same. Lists that are given have some five hundred digests at most.
 */
public interface RecentMarks {
  /** Lists manifests last touched, or untagged, in a time; the first ones. */
  Future<List<InRepository>> manifests(Span span, int limit);

  /** Lists links last touched in a time; the first ones. */
  Future<List<InRepository>> links(Span span, int limit);

  /** Lists blobs last touched in a time; the first ones. */
  Future<List<Digest>> blobs(Span span, int limit);

  /** Returns those of some manifests that {@link GarbageMarks#manifests} would list. */
  Future<List<Digest>> suspects(RepositoryName repository, List<Digest> manifests, long cutoff);

  /** Returns what some manifests hold: the children of indexes, and referrers. */
  Future<List<Digest>> heldBy(RepositoryName repository, List<Digest> manifests);

  /** Returns those of some links that {@link GarbageMarks#links} would list. */
  Future<List<Digest>> unnamed(RepositoryName repository, List<Digest> links, long cutoff);

  /** Returns those of some blobs that {@link GarbageMarks#blobs} would list. */
  Future<List<DeadBlob>> unlinked(List<Digest> blobs, long cutoff);

  /**
   * Takes what {@link #keep} kept, so that a collection that does not come to its end leaves
   * nothing. Fails with {@link io.slipway.database.LostLeaseException}.
   */
  Future<Optional<String>> take(Lease lease);

  /** Keeps what the next collection needs to know; fails as {@link #take} does. */
  Future<Void> keep(Lease lease, String note);

  /**
   * A time in the database's clock, milliseconds since 1970.
   *
   * @param after not part of it
   * @param until part of it
   */
  record Span(long after, long until) {}
}
