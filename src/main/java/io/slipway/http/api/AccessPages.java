package io.slipway.http.api;

import io.slipway.http.RequestQuery;
import io.slipway.runtime.PercentCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Cuts lists into pages by {@code n} and {@code last}: those behind {@code last}, in order. */
final class AccessPages {
  /** Of items in one answer. */
  static final int LIMIT = 1000;

  private AccessPages() {}

  /**
   * Answers a page.
   *
   * @param key orders the items, and names one
   * @param path where the list is
   */
  static <T> AccessReply of(
      Collection<T> items,
      Function<T, String> key,
      Function<T, JsonObject> json,
      RequestQuery query,
      String path) {
    int limit = query.limit(LIMIT).orElse(LIMIT);
    String last = query.text("last").orElse("");
    List<T> found =
        items.stream()
            .filter(item -> key.apply(item).compareTo(last) > 0)
            .sorted(Comparator.comparing(key))
            .limit(limit + 1L)
            .toList();
    List<T> page = found.subList(0, Math.min(limit, found.size()));
    JsonArray array = new JsonArray();
    page.forEach(item -> array.add(json.apply(item)));
    boolean more = limit > 0 && found.size() > limit;
    return AccessReply.page(
        array,
        more
            ? Optional.of(
                path + "?n=" + limit + "&last=" + PercentCode.encode(key.apply(page.getLast())))
            : Optional.empty());
  }
}
