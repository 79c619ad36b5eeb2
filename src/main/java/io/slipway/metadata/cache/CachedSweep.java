package io.slipway.metadata.cache;

import io.slipway.database.Lease;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageSweep;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets the exact caches forget what a sweep may have deleted, even when it cannot say what. */
public final class CachedSweep implements GarbageSweep {
  private final GarbageSweep sweep;
  private final CachedManifests manifests;
  private final @Nullable CachedBlobLinks links;

  /**
   * Decorates a sweep.
   *
   * @param links null when links are not cached
   */
  public CachedSweep(
      GarbageSweep sweep, CachedManifests manifests, @Nullable CachedBlobLinks links) {
    this.sweep = sweep;
    this.manifests = manifests;
    this.links = links;
  }

  @Override
  public Future<List<Digest>> manifests(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff) {
    return sweep
        .manifests(lease, repository, marked, cutoff)
        .onComplete(ignored -> marked.forEach(digest -> manifests.changed(repository, digest)));
  }

  @Override
  public Future<List<Digest>> links(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff) {
    return sweep
        .links(lease, repository, marked, cutoff)
        .onComplete(
            ignored -> {
              if (links != null) {
                marked.forEach(digest -> links.changed(repository, digest));
              }
            });
  }

  /** Without a link nobody reads a blob: what is kept went with its links. */
  @Override
  public Future<List<DeadBlob>> blobs(
      Lease lease, List<Digest> marked, long cutoff, Duration deleteAfter) {
    return sweep.blobs(lease, marked, cutoff, deleteAfter);
  }
}
