package io.slipway.gc;

import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.oci.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts dead manifests into batches: who holds others goes before them, circles go together. */
final class SweepOrder {
  static final int BATCH = 50;

  /** Circles are rare and small; one that is longer than this stays. */
  private static final int CIRCLES = 1000;

  private final Map<Digest, Integer> holders = new HashMap<>();
  private final Map<Digest, List<Digest>> heldBy = new HashMap<>();
  private final Set<Digest> left;

  private SweepOrder(List<Digest> dead, List<Hold> holds) {
    left = new LinkedHashSet<>(dead);
    for (Hold hold : new LinkedHashSet<>(holds)) {
      if (left.contains(hold.holder()) && left.contains(hold.held())) {
        holders.merge(hold.held(), 1, Integer::sum);
        heldBy.computeIfAbsent(hold.holder(), ignored -> new ArrayList<>()).add(hold.held());
      }
    }
  }

  static List<List<Digest>> batches(List<Digest> dead, List<Hold> holds) {
    SweepOrder order = new SweepOrder(dead, holds);
    List<List<Digest>> batches = new ArrayList<>(parts(order.freeFirst(), BATCH));
    batches.addAll(parts(List.copyOf(order.left), CIRCLES));
    return batches;
  }

  private List<Digest> freeFirst() {
    Deque<Digest> free = new ArrayDeque<>();
    left.stream().filter(digest -> !holders.containsKey(digest)).forEach(free::add);
    List<Digest> ordered = new ArrayList<>();
    while (!free.isEmpty()) {
      Digest next = free.remove();
      ordered.add(next);
      left.remove(next);
      for (Digest held : heldBy.getOrDefault(next, List.of())) {
        if (holders.merge(held, -1, Integer::sum) == 0) {
          free.add(held);
        }
      }
    }
    return ordered;
  }

  /** Returns a list in parts of a size, the last one smaller. */
  static <T> List<List<T>> parts(List<T> all, int size) {
    List<List<T>> parts = new ArrayList<>();
    for (int i = 0; i < all.size(); i += size) {
      parts.add(all.subList(i, Math.min(all.size(), i + size)));
    }
    return parts;
  }
}
