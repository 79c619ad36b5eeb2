package io.slipway.http;

import io.slipway.auth.Permission;
import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Optional;

/**
 * What a caller is told who has to say who they are: to send a name and a password (RFC 7617), or
 * to fetch a token first (Distribution's "Token Authentication Specification").
 */
public sealed interface Challenge {

  /**
   * Returns the value of {@code WWW-Authenticate}.
   *
   * @param error of RFC 6750, section 3.1; empty when no token was sent
   */
  String text(HttpServerRequest request, Requirement requirement, String error);

  /** Asks for a name and a password. */
  record Basic() implements Challenge {
    @Override
    public String text(HttpServerRequest request, Requirement requirement, String error) {
      return "Basic realm=\"slipway\", charset=\"UTF-8\"";
    }
  }

  /**
   * Asks for a token.
   *
   * @param realm where another token server gives it; empty for the registry's own
   * @param service whom it is for
   */
  record Bearer(PublicAddress address, Optional<URI> realm, String service) implements Challenge {
    @Override
    public String text(HttpServerRequest request, Requirement requirement, String error) {
      StringBuilder text = new StringBuilder("Bearer realm=\"");
      text.append(realm.map(URI::toString).orElseGet(() -> address.absolute(request) + "/token"));
      text.append("\",service=\"").append(service).append('"');
      String scope = scope(requirement);
      if (!scope.isEmpty()) {
        text.append(",scope=\"").append(scope).append('"');
      }
      if (!error.isEmpty()) {
        text.append(",error=\"").append(error).append('"');
      }
      return text.toString();
    }

    private static String scope(Requirement requirement) {
      return switch (requirement) {
        case Requirement.InRepository in ->
            "repository:" + in.repository().text() + ":" + actions(in.permission());
        case Requirement.Mount mount ->
            "repository:"
                + mount.repository().text()
                + ":pull,push repository:"
                + mount.source().text()
                + ":pull";
        case Requirement.Plain.CATALOG -> "registry:catalog:*";
        default -> "";
      };
    }

    /** Who pushes looks first what is there. */
    private static String actions(Permission permission) {
      return permission == Permission.PUSH ? "pull,push" : permission.text();
    }
  }

  /** Says what a requirement is about, for a sentence that begins with "tried to". */
  static String words(Requirement requirement) {
    return switch (requirement) {
      case Requirement.InRepository in ->
          switch (in.permission()) {
                case PULL -> "pull from ";
                case PUSH -> "push to ";
                case DELETE -> "delete from ";
              }
              + in.repository();
      case Requirement.Mount mount -> "push to " + mount.repository();
      case Requirement.Plain.CATALOG -> "list the repositories";
      case Requirement.AtLeast least -> "do what needs the role " + role(least.role());
      default -> "carry out the request";
    };
  }

  private static String role(Role role) {
    return role == Role.ADMIN ? role.text() : role.text() + " or a higher one";
  }
}
