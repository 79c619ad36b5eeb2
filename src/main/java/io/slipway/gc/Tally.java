package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.ArrayList;
import java.util.List;

/** Counts what one run marks and deletes. */
final class Tally {
  /** More are counted but not named: a report must fit into memory, and into an answer. */
  static final int MOST_NAMED = 100_000;

  private final GcOptions options;
  private final List<DeadBlob> deadBlobs = new ArrayList<>();
  private final List<InRepository> deadManifests = new ArrayList<>();
  private long manifests;
  private long links;
  private long blobs;
  private long bytes;
  private long marked;

  Tally(GcOptions options) {
    this.options = options;
  }

  void marked(int count) {
    marked += count;
  }

  void manifests(RepositoryName repository, List<Digest> dead) {
    manifests += dead.size();
    for (Digest digest : dead) {
      if (options.details() && deadManifests.size() < MOST_NAMED) {
        deadManifests.add(new InRepository(repository, digest));
      }
    }
  }

  void links(int count) {
    links += count;
  }

  void blobs(List<DeadBlob> dead) {
    blobs += dead.size();
    for (DeadBlob blob : dead) {
      bytes += blob.size();
      if (options.details() && deadBlobs.size() < MOST_NAMED) {
        deadBlobs.add(blob);
      }
    }
  }

  GcReport report() {
    return new GcReport(
        options.dryRun(), manifests, links, blobs, bytes, marked, deadBlobs, deadManifests);
  }
}
