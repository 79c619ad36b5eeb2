package io.slipway.gc;

import io.slipway.database.Lease;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.metadata.GarbageSweep;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes what a run marked, in batches, counts it, and remembers what it had to leave. For one
 * virtual thread.
 */
final class Sweeper {
  private final GarbageSweep sweep;
  private final Lease lease;
  private final Cutoffs cutoffs;
  private final Duration deleteAfter;
  private final Pace pace;
  private final Tally tally;
  private final Leftovers left = new Leftovers();

  Sweeper(
      GarbageSweep sweep,
      Lease lease,
      Cutoffs cutoffs,
      Duration deleteAfter,
      Pace pace,
      Tally tally) {
    this.sweep = sweep;
    this.lease = lease;
    this.cutoffs = cutoffs;
    this.deleteAfter = deleteAfter;
    this.pace = pace;
    this.tally = tally;
  }

  /** Deletes manifests; {@code holds} says in which order. */
  void manifests(RepositoryName repository, List<Digest> dead, List<Hold> holds) {
    List<Digest> deleted = new ArrayList<>();
    for (List<Digest> batch : SweepOrder.batches(dead, holds)) {
      deleted.addAll(
          pace.step(() -> sweep.manifests(lease, repository, batch, cutoffs.manifests())));
    }
    tally.manifests(repository, deleted);
    left.manifests(repository, dead, deleted);
  }

  /** Deletes links; returns which. */
  List<Digest> links(RepositoryName repository, List<Digest> dead) {
    List<Digest> deleted = new ArrayList<>();
    for (List<Digest> batch : SweepOrder.parts(dead, SweepOrder.BATCH)) {
      deleted.addAll(pace.step(() -> sweep.links(lease, repository, batch, cutoffs.blobs())));
    }
    tally.links(deleted.size());
    left.links(repository, dead, deleted);
    return deleted;
  }

  /** Leaves links alone that somebody who pushes to their repository may need. */
  void leaveLinks(RepositoryName repository, List<Digest> held) {
    left.links(repository, held, List.of());
  }

  void blobs(List<DeadBlob> dead) {
    List<Digest> digests = dead.stream().map(DeadBlob::digest).toList();
    List<DeadBlob> deleted = new ArrayList<>();
    for (List<Digest> batch : SweepOrder.parts(digests, SweepOrder.BATCH)) {
      deleted.addAll(pace.step(() -> sweep.blobs(lease, batch, cutoffs.blobs(), deleteAfter)));
    }
    tally.blobs(deleted);
    left.blobs(digests, deleted);
  }

  Leftovers left() {
    return left;
  }
}
