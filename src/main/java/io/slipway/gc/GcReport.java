package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import java.util.List;

/**
 * What a collection deleted, or would delete.
 *
 * @param bytes of the blobs
 * @param marked manifests, links and blobs that looked as if nothing needed them; more than were
 *     deleted when somebody needed one again
 * @param deadBlobs the blobs one by one, when they were asked for; the first 100 000
 * @param deadManifests the manifests one by one, as the blobs
 */
public record GcReport(
    boolean dryRun,
    long manifests,
    long links,
    long blobs,
    long bytes,
    long marked,
    List<DeadBlob> deadBlobs,
    List<InRepository> deadManifests) {
  public GcReport {
    deadBlobs = List.copyOf(deadBlobs);
    deadManifests = List.copyOf(deadManifests);
  }

  /** Tells whether anything was garbage. */
  boolean deletedAny() {
    return manifests + links + blobs > 0;
  }
}
