package io.slipway.metadata.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Compares the cache that manifests come from with less: without counts, and without a bound. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheLookup {
  private static final long BYTES = 64L << 20;

  /** How many tags are asked for, one after the other. */
  @Param({"1", "10000"})
  public int tags;

  private final ExactCache<Key, Optional<String>> exact = new ExactCache<>(BYTES, (k, v) -> 500);
  private final Cache<Key, Future<Optional<String>>> uncounted =
      Caffeine.newBuilder()
          .maximumWeight(BYTES)
          .<Key, Future<Optional<String>>>weigher((key, value) -> 500)
          .build();
  private final Map<Key, Future<Optional<String>>> map = new ConcurrentHashMap<>();
  private String[] names = {};

  /** What a request has: names that are no part of a key yet. */
  @State(Scope.Thread)
  public static class Turn {
    private int next;

    Key key(String[] names) {
      next = next + 1 == names.length ? 0 : next + 1;
      // As it comes from a request: no text whose hash is known.
      return new Key("library/busybox", new String(names[next].toCharArray()));
    }
  }

  /** Fills all three alike. */
  @Setup
  public void fill() {
    names = new String[tags];
    for (int i = 0; i < tags; i++) {
      names[i] = "1.36." + i;
      Key key = new Key("library/busybox", names[i]);
      Optional<String> value = Optional.of(names[i]);
      exact.get(key, () -> Future.succeededFuture(value), Optional::isPresent);
      uncounted.put(key, Future.succeededFuture(value));
      map.put(key, Future.succeededFuture(value));
    }
  }

  /** What a pull of a manifest asks. */
  @Benchmark
  public Object registry(Turn turn) {
    return exact.get(turn.key(names), CacheLookup::absent, Optional::isPresent);
  }

  /** Caffeine, but nobody could tell hits and misses. */
  @Benchmark
  public Object withoutCounts(Turn turn) {
    return present(uncounted.getIfPresent(turn.key(names)));
  }

  /** A map, which never forgets. */
  @Benchmark
  public Object withoutBound(Turn turn) {
    return present(map.get(turn.key(names)));
  }

  private static <T> T present(@Nullable T found) {
    if (found == null) {
      throw new IllegalStateException("not in the cache");
    }
    return found;
  }

  private static <T> Future<T> absent() {
    throw new IllegalStateException("not in the cache");
  }

  record Key(String repository, String reference) {}
}
