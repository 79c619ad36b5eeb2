package io.slipway.http.v2;

import io.slipway.auth.Permission;
import io.slipway.auth.Requirement;
import io.slipway.http.RequestQuery;
import io.slipway.oci.RepositoryName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a route of the API needs its caller to be allowed. */
enum Need {
  /** Nothing beyond being who they say they are. */
  SIGNED_IN,
  PULL,
  PUSH,
  /** To push, and to pull from where the blob shall be mounted from. */
  BEGIN_PUSH,
  DELETE,
  CATALOG;

  /**
   * Returns what is needed for a request.
   *
   * @param query as it came; null when there is none
   * @throws io.slipway.oci.RegistryException when a name in it is none, or the query is malformed
   */
  Requirement of(V2Path path, @Nullable String query) {
    return switch (this) {
      case SIGNED_IN -> Requirement.Plain.SIGNED_IN;
      case CATALOG -> Requirement.Plain.CATALOG;
      case PULL -> in(path, Permission.PULL);
      case PUSH -> in(path, Permission.PUSH);
      case BEGIN_PUSH -> begin(path, RequestQuery.parse(query));
      case DELETE -> in(path, Permission.DELETE);
    };
  }

  private static Requirement begin(V2Path path, RequestQuery query) {
    RepositoryName repository = RepositoryName.parse(path.name());
    Optional<String> source = query.text("mount").flatMap(digest -> query.text("from"));
    return source.isPresent()
        ? new Requirement.Mount(repository, RepositoryName.parse(source.get()))
        : new Requirement.InRepository(Permission.PUSH, repository);
  }

  private static Requirement in(V2Path path, Permission permission) {
    return new Requirement.InRepository(permission, RepositoryName.parse(path.name()));
  }
}
