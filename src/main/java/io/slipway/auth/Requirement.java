package io.slipway.auth;

import io.slipway.oci.RepositoryName;
import java.util.Optional;

/** What a caller must be allowed for one request; every route declares how to tell. */
public sealed interface Requirement {
  /** What does not depend on anything else. */
  enum Plain implements Requirement {
    /** Nothing: everybody may, also those who give no credentials. */
    NOTHING,
    /** To have said who they are. */
    SIGNED_IN,
    /** A list of the repositories they may pull from. */
    CATALOG
  }

  /** A permission in a repository. */
  record InRepository(Permission permission, RepositoryName repository) implements Requirement {}

  /**
   * To push, and to pull from where a blob is to be mounted from. Who may never pull there need
   * not: they are not told whether it has the blob, and push it. A token that only does not say so
   * is to be exchanged for one that does.
   */
  record Mount(RepositoryName repository, RepositoryName source) implements Requirement {
    private boolean isMetBy(Rights rights) {
      return rights.allow(Permission.PUSH, repository)
          && (rights.allow(Permission.PULL, source) || !rights.couldAllow(Permission.PULL, source));
    }
  }

  /** A role, or a higher one. */
  record AtLeast(Role role) implements Requirement {}

  /** Returns the repository in which it is needed; empty for what is in none. */
  default Optional<RepositoryName> within() {
    return switch (this) {
      case InRepository in -> Optional.of(in.repository());
      case Mount mount -> Optional.of(mount.repository());
      case Plain ignored -> Optional.empty();
      case AtLeast ignored -> Optional.empty();
    };
  }

  /** Tells whether a caller may. This is the one place that decides. */
  default boolean isMetBy(Caller caller) {
    return switch (this) {
      case Plain.NOTHING -> true;
      case Plain.SIGNED_IN -> !caller.isAnonymous();
      case InRepository in -> caller.rights().allow(in.permission(), in.repository());
      case Mount mount -> mount.isMetBy(caller.rights());
      case Plain.CATALOG -> caller.rights().allowCatalog();
      case AtLeast least -> caller.has(least.role()) && !caller.byToken();
    };
  }
}
