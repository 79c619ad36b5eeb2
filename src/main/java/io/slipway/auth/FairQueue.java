package io.slipway.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps what waits for a few threads in a line for each client, and takes from the lines in turn:
 * who sends much waits behind themselves, not the others. One client may have all places while
 * nobody else wants any. Thread-safe; every step takes the time of looking at the lines.
 */
final class FairQueue<T> {
  private final int places;
  private final Map<String, Deque<T>> lines = new LinkedHashMap<>();
  private int waiting;

  /**
   * Makes an empty one.
   *
   * @param places how many may wait, of all clients together; 1 at least
   */
  FairQueue(int places) {
    this.places = places;
  }

  /**
   * Puts one at the end of the line of a client. Returns what loses its place for it: of the client
   * who has most waiting the last, which is the new one itself when no other has more than this
   * client then has.
   */
  synchronized Optional<T> offer(String client, T added) {
    Deque<T> line = lines.computeIfAbsent(client, ignored -> new ArrayDeque<>());
    line.addLast(added);
    if (waiting < places) {
      waiting++;
      return Optional.empty();
    }
    // One more than there are places: whoever has two at least loses one, or the new one does.
    Deque<T> longest = line;
    for (Deque<T> other : lines.values()) {
      longest = other.size() > longest.size() ? other : longest;
    }
    T last = longest.removeLast();
    lines.values().removeIf(Deque::isEmpty);
    return Optional.of(last);
  }

  /** Takes the first of the line whose turn it is; empty when nobody waits. */
  synchronized Optional<T> poll() {
    Iterator<Map.Entry<String, Deque<T>>> all = lines.entrySet().iterator();
    if (!all.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<String, Deque<T>> line = all.next();
    String client = line.getKey();
    Deque<T> entries = line.getValue();
    all.remove();
    T first = entries.removeFirst();
    waiting--;
    if (!entries.isEmpty()) {
      lines.put(client, entries);
    }
    return Optional.of(first);
  }
}
