package io.slipway.http.v2;

import io.slipway.oci.RepositoryFilter;
import io.slipway.repository.ListingService;

/**
 * Lists the repositories: all of them, or {@code n} after {@code last}. The specification knows no
 * catalog; this is Docker's.
 */
final class Catalog implements Operation {
  private static final String ALIAS = "/_catalog";

  private final ListingService listings;

  Catalog(ListingService listings) {
    this.listings = listings;
  }

  @Override
  public void handle(Exchange exchange) {
    RepositoryFilter readable = exchange.caller().rights().catalog();
    String path = ALIAS.equals(exchange.request().path()) ? ALIAS : "/v2" + ALIAS;
    new NameList(
            exchange,
            path,
            "{\"repositories\":[",
            (after, limit) -> listings.repositories(readable, after, limit))
        .send();
  }
}
