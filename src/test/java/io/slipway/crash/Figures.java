package io.slipway.crash;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened, by name. Thread-safe. */
final class Figures {
  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

  void count(String name) {
    add(name, 1);
  }

  void add(String name, long number) {
    counts.computeIfAbsent(name, ignored -> new LongAdder()).add(number);
  }

  long of(String name) {
    LongAdder count = counts.get(name);
    return count == null ? 0 : count.sum();
  }

  Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    counts.forEach((name, count) -> all.put(name, count.toString()));
    return all;
  }
}
