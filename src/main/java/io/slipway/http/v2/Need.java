package io.slipway.http.v2;

import io.slipway.auth.Permission;
import io.slipway.auth.Requirement;
import io.slipway.oci.RepositoryName;

/** What a route of the API needs its caller to be allowed. */
enum Need {
  /** Nothing beyond being who they say they are. */
  SIGNED_IN,
  PULL,
  PUSH,
  DELETE,
  CATALOG;

  /** Returns what is needed for a path; throws {@code NAME_INVALID}. */
  Requirement in(V2Path path) {
    return switch (this) {
      case SIGNED_IN -> Requirement.Plain.SIGNED_IN;
      case CATALOG -> Requirement.Plain.CATALOG;
      case PULL -> in(path, Permission.PULL);
      case PUSH -> in(path, Permission.PUSH);
      case DELETE -> in(path, Permission.DELETE);
    };
  }

  private static Requirement in(V2Path path, Permission permission) {
    return new Requirement.InRepository(permission, RepositoryName.parse(path.name()));
  }
}
