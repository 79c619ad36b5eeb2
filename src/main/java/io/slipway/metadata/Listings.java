package io.slipway.metadata;

import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;

/** Lists names, in the order of their bytes, by pages that cost the same wherever they lie. */
public interface Listings {

  /**
   * Lists repositories that have a manifest.
   *
   * @param filter what may be listed
   * @param after the last name of the page before, any text; empty for the first page
   */
  Future<List<String>> repositories(RepositoryFilter filter, String after, int limit);

  /**
   * Lists the tags of a repository.
   *
   * @param after the last tag of the page before, any text; empty for the first page
   */
  Future<List<String>> tags(RepositoryName repository, String after, int limit);

  /** Tells whether anything was ever pushed to a repository. */
  Future<Boolean> exists(RepositoryName repository);
}
