package io.slipway.http.api;

import io.slipway.http.v2.V2Query;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
      V2Query query,
      String path) {
    int limit = query.has("n") ? limit(query.text("n").orElse("")) : LIMIT;
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
            ? Optional.of(path + "?n=" + limit + "&last=" + encoded(key.apply(page.getLast())))
            : Optional.empty());
  }

  /** A plus sign is no blank in the queries of this registry. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Reads {@code n}; throws {@code PAGINATION_NUMBER_INVALID}. */
  static int limit(String text) {
    boolean number =
        !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int limit = number ? Integer.parseInt(text) : -1;
    if (limit < 0 || limit > LIMIT) {
      throw new RegistryException(
          ErrorCode.PAGINATION_NUMBER_INVALID,
          "tried to read how many are wanted but n is not a whole number from 0 to " + LIMIT,
          Map.of("limit", LIMIT));
    }
    return limit;
  }
}
