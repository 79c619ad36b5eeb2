package io.slipway.repository;

import io.slipway.metadata.Listings;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Lists repositories and tags, page by page (distribution-spec, "Listing Tags"). */
public final class ListingService {
  private final Listings listings;

  public ListingService(Listings listings) {
    this.listings = listings;
  }

  /**
   * Lists repositories.
   *
   * @param filter what may be listed
   * @param after the last name of the page before; empty for the first page
   * @param limit at least 0
   */
  public Future<Page<String>> repositories(RepositoryFilter filter, String after, int limit) {
    return listings.repositories(filter, after, limit + 1).map(found -> Page.of(found, limit));
  }

  /**
   * Lists the tags of a repository; fails with {@code NAME_UNKNOWN} when nothing was ever pushed to
   * it.
   */
  public Future<Page<String>> tags(RepositoryName repository, String after, int limit) {
    return listings
        .tags(repository, after, limit + 1)
        .compose(
            found ->
                found.isEmpty()
                    ? listings.exists(repository).compose(exists -> none(repository, exists))
                    : Future.succeededFuture(Page.of(found, limit)));
  }

  private static Future<Page<String>> none(RepositoryName repository, boolean exists) {
    return exists
        ? Future.succeededFuture(Page.of(List.of(), 0))
        : Future.failedFuture(
            new RegistryException(
                ErrorCode.NAME_UNKNOWN,
                "tried to list the tags of " + repository + " but there is no such repository",
                Map.of("name", repository.text())));
  }
}
