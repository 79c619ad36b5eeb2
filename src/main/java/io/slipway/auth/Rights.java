package io.slipway.auth;

import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;

/** What somebody may do in repositories, at one moment. Immutable, so thread-safe. */
public interface Rights {
  /** Everything, everywhere. */
  Rights ALL =
      new Rights() {
        @Override
        public boolean allow(Permission permission, RepositoryName repository) {
          return true;
        }

        @Override
        public RepositoryFilter repositories(Permission permission) {
          return RepositoryFilter.ALL;
        }

        @Override
        public boolean allowCatalog() {
          return true;
        }
      };

  /** Tells whether something is allowed in a repository, which need not exist. */
  boolean allow(Permission permission, RepositoryName repository);

  /** Tells whether it is allowed, or would be with another token of the same holder. */
  default boolean couldAllow(Permission permission, RepositoryName repository) {
    return allow(permission, repository);
  }

  /** Returns the repositories in which it is allowed; says the same as {@link #allow}. */
  RepositoryFilter repositories(Permission permission);

  /** Tells whether a list may be asked for of the repositories that may be pulled from. */
  boolean allowCatalog();

  /**
   * Returns the repositories of that list. A token for the list shows names that it does not allow
   * to pull from, but its holder may.
   */
  default RepositoryFilter catalog() {
    return repositories(Permission.PULL);
  }
}
