package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.GarbageMarks.Cursor;
import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.metadata.GarbageMarks.Page;
import io.slipway.metadata.InRepository;
import io.slipway.metadata.Reachability;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One run over everything: manifests, then links, then blobs, so that what follows from a deletion
 * is found by the same run. For one virtual thread.
 */
final class Collector {
  private static final int ASKED = 500;

  private final GarbageMarks marks;
  private final @Nullable Sweeper sweeper;
  private final Cutoffs cutoffs;
  private final Pace pace;
  private final Tally tally;
  private final Foresight foresight;

  /**
   * Makes a run.
   *
   * @param sweeper null for one that changes nothing
   */
  Collector(GcStores stores, @Nullable Sweeper sweeper, Cutoffs cutoffs, Pace pace, Tally tally) {
    this.marks = stores.marks();
    this.sweeper = sweeper;
    this.cutoffs = cutoffs;
    this.pace = pace;
    this.tally = tally;
    this.foresight = new Foresight(marks, pace, cutoffs.blobs());
  }

  /** Runs to the end; throws what a step failed with. */
  void run() {
    tally.phase(GcPhase.MANIFESTS);
    manifests();
    tally.phase(GcPhase.LINKS);
    pages(after -> marks.links(after, cutoffs.blobs()), this::links);
    tally.phase(GcPhase.BLOBS);
    pages(after -> marks.blobs(after, cutoffs.blobs()), this::blobs);
    if (sweeper == null) {
      tally.blobs(foresight.blobs());
    }
  }

  private <T> void pages(Function<Cursor, Future<Page<T>>> read, Consumer<List<T>> work) {
    Cursor at = Cursor.START;
    while (!at.equals(Cursor.END)) {
      Cursor after = at;
      Page<T> page = pace.step(() -> read.apply(after));
      work.accept(page.found());
      at = page.last();
    }
  }

  /** Who holds whom is known when all suspects of a repository are. */
  private void manifests() {
    List<InRepository> suspects = new ArrayList<>();
    pages(
        after -> marks.manifests(after, cutoffs.manifests()),
        found -> {
          for (InRepository suspect : found) {
            if (!suspects.isEmpty()
                && !suspects.getFirst().repository().equals(suspect.repository())) {
              manifests(suspects);
              suspects.clear();
            }
            suspects.add(suspect);
          }
        });
    if (!suspects.isEmpty()) {
      manifests(suspects);
    }
  }

  private void manifests(List<InRepository> suspects) {
    RepositoryName repository = suspects.getFirst().repository();
    List<Digest> digests = suspects.stream().map(InRepository::digest).toList();
    List<Hold> holds = new ArrayList<>();
    for (List<Digest> some : SweepOrder.parts(digests, ASKED)) {
      holds.addAll(pace.step(() -> marks.holds(repository, some)));
    }
    List<Digest> dead = Reachability.unneeded(digests, Set.of(), holds);
    tally.marked(dead.size());
    if (sweeper == null) {
      tally.manifests(repository, dead);
      tally.links(foresight.withoutManifests(repository, dead));
    } else {
      sweeper.manifests(repository, dead, holds);
    }
  }

  private void links(List<InRepository> found) {
    if (found.isEmpty()) {
      return;
    }
    ByRepository all = ByRepository.of(found);
    Set<RepositoryName> uploading =
        pace.step(() -> marks.uploading(all.repositories(), cutoffs.blobs()));
    all.forEach((repository, dead) -> links(repository, dead, uploading.contains(repository)));
  }

  private void links(RepositoryName repository, List<Digest> unnamed, boolean uploading) {
    Set<Digest> held = uploading ? held(repository, unnamed) : Set.of();
    List<Digest> dead = unnamed.stream().filter(digest -> !held.contains(digest)).toList();
    tally.marked(dead.size());
    if (sweeper == null) {
      tally.links(dead.size());
      dead.forEach(foresight::withoutLink);
    } else {
      sweeper.leaveLinks(repository, List.copyOf(held));
      sweeper.links(repository, dead);
    }
  }

  private Set<Digest> held(RepositoryName repository, List<Digest> unnamed) {
    Set<Digest> held = new HashSet<>();
    for (List<Digest> some : SweepOrder.parts(unnamed, ASKED)) {
      held.addAll(pace.step(() -> marks.held(repository, some, cutoffs.blobs())));
    }
    return held;
  }

  private void blobs(List<DeadBlob> found) {
    tally.marked(found.size());
    if (sweeper == null) {
      tally.blobs(found);
    } else {
      sweeper.blobs(found);
    }
  }
}
