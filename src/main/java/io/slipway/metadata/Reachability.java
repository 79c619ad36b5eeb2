package io.slipway.metadata;

import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.oci.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Follows who holds whom from what is needed. */
public final class Reachability {
  private Reachability() {}

  /**
   * Returns which of some manifests nobody needs. A manifest that is not among them is needed; a
   * circle among them holds nothing.
   *
   * @param among in an order that the answer keeps
   * @param needed those of them that are needed whoever holds them
   * @param holds who holds them
   */
  public static List<Digest> unneeded(
      Collection<Digest> among, Set<Digest> needed, List<Hold> holds) {
    Set<Digest> members = new HashSet<>(among);
    Map<Digest, List<Digest>> heldBy = new HashMap<>();
    Set<Digest> reached = new HashSet<>(needed);
    for (Hold hold : holds) {
      if (members.contains(hold.holder())) {
        heldBy.computeIfAbsent(hold.holder(), ignored -> new ArrayList<>()).add(hold.held());
      } else {
        reached.add(hold.held());
      }
    }
    Deque<Digest> next = new ArrayDeque<>(reached);
    while (!next.isEmpty()) {
      for (Digest held : heldBy.getOrDefault(next.remove(), List.of())) {
        if (reached.add(held)) {
          next.add(held);
        }
      }
    }
    return among.stream().filter(digest -> !reached.contains(digest)).toList();
  }
}
