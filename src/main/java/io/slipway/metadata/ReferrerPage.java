package io.slipway.metadata;

import java.util.List;

/**
 * One page of a list of referrers.
 *
 * @param more whether another page follows
 */
public record ReferrerPage(List<Referrer> referrers, boolean more) {
  public ReferrerPage {
    referrers = List.copyOf(referrers);
  }
}
