package io.slipway.http.v2;

import io.slipway.http.RequestQuery;
import io.slipway.runtime.PercentCode;
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
  static PageQuery of(RequestQuery query) {
    return new PageQuery(query.limit(MAX_LIMIT), query.text("last").orElse(""));
  }

  /** Returns the query of the page behind this one. */
  String next(int limit, String last) {
    return "n=" + limit + "&last=" + PercentCode.encode(last);
  }
}
