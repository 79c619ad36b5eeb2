package io.slipway.repository;

import io.slipway.metadata.RepositoryStatistics;
import io.slipway.metadata.Statistics;
import io.slipway.metadata.StatisticsStore;
import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;

/** Tells how much the registry has. */
public final class StatisticsService {
  private final StatisticsStore store;

  public StatisticsService(StatisticsStore store) {
    this.store = store;
  }

  /** Returns what all repositories have together. */
  public Future<Statistics> totals() {
    return store.totals();
  }

  /**
   * Returns what each repository has that holds a manifest, in the order of names.
   *
   * @param filter what may be listed
   * @param after the last name of the page before; empty for the first page
   * @param limit at least 0
   */
  public Future<Page<RepositoryStatistics>> repositories(
      RepositoryFilter filter, String after, int limit) {
    return store.repositories(filter, after, limit + 1).map(found -> Page.of(found, limit));
  }
}
