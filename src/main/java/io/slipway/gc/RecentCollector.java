package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.metadata.InRepository;
import io.slipway.metadata.Reachability;
import io.slipway.metadata.RecentMarks;
import io.slipway.metadata.RecentMarks.Span;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One run over what can have become dead since the run before: what its time ran out for, what that
 * one had to leave, and what follows from deleting it. For one virtual thread.
 */
final class RecentCollector {
  /** A transaction that wrote its time before the last cutoff may have ended after it. */
  private static final Duration OVERLAP = Duration.ofMinutes(2);

  private static final int ASKED = 500;
  private static final int MOST = 20_000;

  private final GarbageMarks marks;
  private final RecentMarks recent;
  private final Cutoffs cutoffs;
  private final GcNote note;
  private final Pace pace;
  private final Tally tally;
  private final Sweeper sweeper;

  RecentCollector(
      GcStores stores, Cutoffs cutoffs, GcNote note, Pace pace, Tally tally, Sweeper sweeper) {
    this.marks = stores.marks();
    this.recent = stores.recent();
    this.cutoffs = cutoffs;
    this.note = note;
    this.pace = pace;
    this.tally = tally;
    this.sweeper = sweeper;
  }

  /**
   * Runs to the end; throws what a step failed with.
   *
   * @return false when so much was touched that everything may as well be read; nothing was done
   */
  boolean run() {
    List<InRepository> manifests =
        pace.step(
            () -> recent.manifests(span(note.cutoffs().manifests(), cutoffs.manifests()), MOST));
    Span span = span(note.cutoffs().blobs(), cutoffs.blobs());
    List<InRepository> links = pace.step(() -> recent.links(span, MOST));
    List<Digest> blobs = pace.step(() -> recent.blobs(span, MOST));
    if (Math.max(manifests.size(), Math.max(links.size(), blobs.size())) >= MOST) {
      return false;
    }
    ByRepository manifestsToSee = ByRepository.of(note.left().manifests());
    manifestsToSee.addAll(manifests);
    ByRepository linksToSee = ByRepository.of(note.left().links());
    linksToSee.addAll(links);
    Set<Digest> blobsToSee = new LinkedHashSet<>(note.left().blobs());
    blobsToSee.addAll(blobs);
    manifestsToSee.forEach((repository, some) -> manifests(repository, some, linksToSee));
    linksToSee.forEach((repository, some) -> blobsToSee.addAll(links(repository, some)));
    blobs(blobsToSee);
    return true;
  }

  private static Span span(long before, long now) {
    return new Span(before - OVERLAP.toMillis(), now);
  }

  private void manifests(RepositoryName repository, List<Digest> seen, ByRepository linksToSee) {
    List<Digest> suspects = withWhatTheyHold(repository, seen);
    List<Hold> holds = all(suspects, some -> marks.holds(repository, some));
    List<Digest> dead = Reachability.unneeded(suspects, Set.of(), holds);
    if (dead.isEmpty()) {
      return;
    }
    tally.marked(dead.size());
    for (List<Digest> some : SweepOrder.parts(dead, ASKED)) {
      linksToSee.add(repository, pace.step(() -> marks.namedBy(repository, some)).keySet());
    }
    sweeper.manifests(repository, dead, holds);
  }

  /** What a dead manifest held may be as old as can be. */
  private List<Digest> withWhatTheyHold(RepositoryName repository, List<Digest> seen) {
    Set<Digest> suspects = new LinkedHashSet<>();
    Set<Digest> asked = new HashSet<>(seen);
    List<Digest> next = seen;
    while (!next.isEmpty()) {
      List<Digest> found =
          all(next, some -> recent.suspects(repository, some, cutoffs.manifests()));
      suspects.addAll(found);
      next =
          all(found, some -> recent.heldBy(repository, some)).stream().filter(asked::add).toList();
    }
    return List.copyOf(suspects);
  }

  private List<Digest> links(RepositoryName repository, List<Digest> seen) {
    List<Digest> unnamed = all(seen, some -> recent.unnamed(repository, some, cutoffs.blobs()));
    Set<Digest> held =
        Set.copyOf(all(unnamed, some -> marks.held(repository, some, cutoffs.blobs())));
    sweeper.leaveLinks(repository, List.copyOf(held));
    List<Digest> dead = unnamed.stream().filter(digest -> !held.contains(digest)).toList();
    tally.marked(dead.size());
    return sweeper.links(repository, dead);
  }

  private void blobs(Collection<Digest> seen) {
    List<DeadBlob> dead = all(seen, some -> recent.unlinked(some, cutoffs.blobs()));
    tally.marked(dead.size());
    sweeper.blobs(dead);
  }

  private <T> List<T> all(Collection<Digest> digests, Function<List<Digest>, Future<List<T>>> ask) {
    List<T> all = new ArrayList<>();
    for (List<Digest> some : SweepOrder.parts(List.copyOf(digests), ASKED)) {
      all.addAll(pace.step(() -> ask.apply(some)));
    }
    return all;
  }
}
