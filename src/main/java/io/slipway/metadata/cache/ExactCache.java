package io.slipway.metadata.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Remembers answers by key, and never an answer that a change has overtaken. Thread-safe. */
final class ExactCache<K, V> {
  private static final int SLOTS = 4096;

  private final AtomicLongArray generations = new AtomicLongArray(SLOTS);
  private final Cache<K, Future<V>> answers;

  /**
   * Makes a cache.
   *
   * @param bytes how much it may hold
   * @param weight how many bytes an answer takes, its key included
   */
  ExactCache(long bytes, BiFunction<K, V, Integer> weight) {
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .<K, Future<V>>weigher((key, answer) -> weight.apply(key, answer.result()))
            .recordStats()
            .build();
  }

  /**
   * Answers from memory, else by loading; what is loaded is kept if it is worth it and no change
   * came between.
   */
  Future<V> get(K key, Supplier<Future<V>> load, Predicate<V> worthKeeping) {
    Future<V> answer = answers.getIfPresent(key);
    if (answer != null) {
      return answer;
    }
    long generation = generations.get(slot(key));
    return load.get()
        .onSuccess(
            value -> {
              if (worthKeeping.test(value)) {
                keep(key, value, generation);
              }
            });
  }

  private void keep(K key, V value, long generation) {
    answers
        .asMap()
        .compute(
            key,
            (ignored, present) ->
                generations.get(slot(key)) == generation ? Future.succeededFuture(value) : present);
  }

  /** Forgets a key that a change has touched. */
  void changed(K key) {
    generations.incrementAndGet(slot(key));
    answers.invalidate(key);
  }

  /** Forgets everything: nobody knows what a change has touched. */
  void changed() {
    for (int slot = 0; slot < SLOTS; slot++) {
      generations.incrementAndGet(slot);
    }
    answers.invalidateAll();
  }

  /** Does now what is otherwise done beside later calls: takes out what is too much. */
  void cleanUp() {
    answers.cleanUp();
  }

  CacheStats stats() {
    return answers.stats();
  }

  private static int slot(Object key) {
    int hash = key.hashCode();
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
