package io.slipway.metadata;

import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;
import java.util.List;

/** Knows how much there is, without counting it. Thread-safe. */
public interface StatisticsStore {

  /** Returns what all repositories have together; takes the same time however much that is. */
  Future<Statistics> totals();

  /**
   * Returns what each repository has that holds a manifest, in the order of names.
   *
   * @param filter what may be listed
   * @param after the last name of the page before; empty for the first page
   */
  Future<List<RepositoryStatistics>> repositories(RepositoryFilter filter, String after, int limit);
}
