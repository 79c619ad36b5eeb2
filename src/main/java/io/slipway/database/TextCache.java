package io.slipway.database;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Keeps what was made of SQL texts, once for each. Thread-safe. */
public final class TextCache<T> {
  /** Texts are constants of the program; this bounds the harm of one that is not. */
  private static final int MOST = 4096;

  private final Map<String, T> made = new ConcurrentHashMap<>();
  private final Function<String, T> maker;

  public TextCache(Function<String, T> maker) {
    this.maker = maker;
  }

  /** Returns what the maker made of a text. */
  public T get(String sql) {
    T known = made.get(sql);
    if (known != null) {
      return known;
    }
    if (made.size() >= MOST) {
      made.clear();
    }
    T fresh = maker.apply(sql);
    made.put(sql, fresh);
    return fresh;
  }
}
