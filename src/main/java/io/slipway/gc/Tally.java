package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Counts what one run marks and deletes, and shows it at once. For the thread of the run, but for
 * {@link #progress}.
 */
final class Tally {
  /** More are counted but not named: a report must fit into memory, and into an answer. */
  static final int MOST_NAMED = 100_000;

  private final GcOptions options;
  private final GcMetrics metrics;
  private final List<DeadBlob> deadBlobs = new ArrayList<>();
  private final List<InRepository> deadManifests = new ArrayList<>();
  private long manifests;
  private long links;
  private long blobs;
  private long bytes;
  private long marked;
  private Consumer<GcProgress> phaseEnded = progress -> {};
  private volatile GcProgress progress = new GcProgress(GcPhase.WAITING, 0, 0, 0, 0);

  Tally(GcOptions options, GcMetrics metrics) {
    this.options = options;
    this.metrics = metrics;
  }

  /** Returns how far the run is; thread-safe. */
  GcProgress progress() {
    return progress;
  }

  /** Tells of the end of each phase from now on. */
  void onPhaseEnd(Consumer<GcProgress> told) {
    phaseEnded = told;
  }

  /** Begins a phase, which ends the one before. */
  void phase(GcPhase phase) {
    if (progress.phase() != GcPhase.WAITING) {
      phaseEnded.accept(progress);
    }
    show(phase);
  }

  private void show(GcPhase phase) {
    progress = new GcProgress(phase, manifests, links, blobs, bytes);
  }

  private void deleted(String kind, int count) {
    show(progress.phase());
    if (!options.dryRun()) {
      metrics.deleted(kind, count);
    }
  }

  void marked(int count) {
    marked += count;
    if (!options.dryRun()) {
      metrics.marked(count);
    }
  }

  void manifests(RepositoryName repository, List<Digest> dead) {
    manifests += dead.size();
    for (Digest digest : dead) {
      if (options.details() && deadManifests.size() < MOST_NAMED) {
        deadManifests.add(new InRepository(repository, digest));
      }
    }
    deleted("manifest", dead.size());
  }

  void links(int count) {
    links += count;
    deleted("link", count);
  }

  void blobs(List<DeadBlob> dead) {
    blobs += dead.size();
    long size = 0;
    for (DeadBlob blob : dead) {
      size += blob.size();
      if (options.details() && deadBlobs.size() < MOST_NAMED) {
        deadBlobs.add(blob);
      }
    }
    bytes += size;
    deleted("blob", dead.size());
    if (!options.dryRun()) {
      metrics.deletedBytes(size);
    }
  }

  GcReport report() {
    return new GcReport(
        options.dryRun(), manifests, links, blobs, bytes, marked, deadBlobs, deadManifests);
  }
}
