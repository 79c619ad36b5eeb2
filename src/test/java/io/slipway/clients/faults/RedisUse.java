package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a registry and its Redis had to do with each other: how often each outcome was.
 *
 * @param reads by outcome, without those that never were
 */
record RedisUse(Map<String, Long> reads, Map<String, Long> writes) {
  private static final Collection<String> READS =
      List.of("hit", "miss", "wrong", "timeout", "error", "skipped");
  private static final Collection<String> WRITES = List.of("stored", "timeout", "error", "skipped");

  /** Returns what was so far. */
  static RedisUse of(RegistryLoad load) {
    return new RedisUse(count(load, "reads", READS), count(load, "writes", WRITES));
  }

  private static Map<String, Long> count(
      RegistryLoad load, String what, Collection<String> outcomes) {
    Map<String, Long> counts = new TreeMap<>();
    load.byLabel("slipway_redis_" + what + "_total", "outcome")
        .forEach(
            (outcome, count) -> {
              assertThat(outcomes).contains(outcome);
              if (count > 0) {
                counts.put(outcome, count.longValue());
              }
            });
    return counts;
  }

  /** Returns what was after another. */
  RedisUse since(RedisUse before) {
    return new RedisUse(minus(reads, before.reads), minus(writes, before.writes));
  }

  private static Map<String, Long> minus(Map<String, Long> now, Map<String, Long> before) {
    Map<String, Long> more = new TreeMap<>();
    now.forEach(
        (outcome, count) -> {
          long by = count - before.getOrDefault(outcome, 0L);
          if (by > 0) {
            more.put(outcome, by);
          }
        });
    return more;
  }

  /**
   * Fails unless Redis was asked for a manifest that it had and for one that it had not, and did
   * what a fault lets it do.
   */
  void require(Fault fault) {
    assertThat(reads.values().stream().mapToLong(count -> count).sum()).as(toString()).isEqualTo(2);
    switch (fault.kind()) {
      case CUT -> assertThat(reads).as(toString()).doesNotContainKeys("hit", "miss");
      case SLOW -> {
        assertThat(reads).as(toString()).containsOnlyKeys("hit", "miss");
        assertThat(writes).as(toString()).containsOnlyKeys("stored");
      }
      case HALF_OPEN -> assertThat(reads).as(toString()).containsKey("timeout");
      case FULL -> {
        assertThat(reads).as(toString()).containsOnlyKeys("hit", "miss");
        assertThat(writes).as(toString()).containsOnlyKeys("error");
      }
      case WRONG -> assertThat(reads).as(toString()).containsOnlyKeys("wrong", "miss");
      case RESET -> assertThat(reads).as(toString()).doesNotContainKey("wrong");
    }
  }

  /** Returns what stands in the table. */
  String text() {
    return reads.entrySet().stream()
        .map(read -> (read.getValue() == 1 ? "" : read.getValue() + " × ") + read.getKey())
        .collect(Collectors.joining(", "));
  }
}
