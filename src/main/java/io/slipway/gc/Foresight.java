package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows what a run would find after it has deleted: links whose every reference it would delete,
 * and blobs whose every link.
 */
final class Foresight {
  private static final int ASKED = 500;

  private final GarbageMarks marks;
  private final Pace pace;
  private final long cutoff;
  private final Map<Digest, Long> links = new HashMap<>();

  Foresight(GarbageMarks marks, Pace pace, long cutoff) {
    this.marks = marks;
    this.pace = pace;
    this.cutoff = cutoff;
  }

  /** Assumes that all of a repository's dead manifests are gone; returns how many links follow. */
  int withoutManifests(RepositoryName repository, List<Digest> dead) {
    Map<Digest, Long> references = new HashMap<>();
    for (List<Digest> some : SweepOrder.parts(dead, ASKED)) {
      pace.step(() -> marks.namedBy(repository, some))
          .forEach((digest, count) -> references.merge(digest, count, Long::sum));
    }
    int gone = 0;
    for (Map<Digest, Long> some : parts(references)) {
      List<Digest> found = pace.step(() -> marks.linksWithout(repository, some, cutoff));
      found.forEach(this::withoutLink);
      gone += found.size();
    }
    return gone;
  }

  /** Assumes that a link is gone. */
  void withoutLink(Digest digest) {
    links.merge(digest, 1L, Long::sum);
  }

  /** Returns the blobs that go with the links that are assumed to be gone. */
  List<DeadBlob> blobs() {
    List<DeadBlob> blobs = new ArrayList<>();
    for (Map<Digest, Long> some : parts(links)) {
      blobs.addAll(pace.step(() -> marks.blobsWithout(some, cutoff)));
    }
    return blobs;
  }

  private static List<Map<Digest, Long>> parts(Map<Digest, Long> all) {
    return SweepOrder.parts(List.copyOf(all.keySet()), ASKED).stream()
        .map(
            some -> {
              Map<Digest, Long> part = new HashMap<>();
              some.forEach(digest -> part.put(digest, all.getOrDefault(digest, 0L)));
              return part;
            })
        .toList();
  }
}
