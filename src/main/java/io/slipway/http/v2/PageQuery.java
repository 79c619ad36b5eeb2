package io.slipway.http.v2;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which part of a list a client wants (distribution-spec, "Listing Tags").
 *
 * @param limit how many names; empty for all
 * @param after the name behind which to begin; empty text for the beginning
 */
record PageQuery(OptionalInt limit, String after) {
  static final int MAX_LIMIT = 10_000;

  /** Reads {@code n} and {@code last}; throws {@code PAGINATION_NUMBER_INVALID}. */
  static PageQuery of(V2Query query) {
    OptionalInt limit =
        query.has("n") ? OptionalInt.of(number(query.text("n").orElse(""))) : OptionalInt.empty();
    return new PageQuery(limit, query.text("last").orElse(""));
  }

  private static int number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits ? Integer.parseInt(text) : -1;
    if (number < 0 || number > MAX_LIMIT) {
      throw new RegistryException(
          ErrorCode.PAGINATION_NUMBER_INVALID,
          "tried to read how many results are wanted but n is not a whole number from 0 to "
              + MAX_LIMIT,
          Map.of("limit", MAX_LIMIT));
    }
    return number;
  }

  /** Returns the query of the page behind this one. */
  String next(int limit, String last) {
    return "n=" + limit + "&last=" + encode(last);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
