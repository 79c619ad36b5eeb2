package io.slipway.http.v2;

import io.slipway.oci.RepositoryName;
import io.slipway.repository.ListingService;

/** Lists the tags of a repository (distribution-spec, "Listing Tags"). */
final class ListTags implements Operation {
  private final ListingService listings;

  ListTags(ListingService listings) {
    this.listings = listings;
  }

  @Override
  public void handle(Exchange exchange) {
    RepositoryName repository = exchange.repository();
    new NameList(
            exchange,
            "/v2/" + repository.text() + "/tags/list",
            "{\"name\":\"" + repository.text() + "\",\"tags\":[",
            (after, limit) -> listings.tags(repository, after, limit))
        .send();
  }
}
