package io.slipway.http.api;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of a request for a token. */
final class TokenQuery {
  private static final int MAX_PARAMETERS = 128;

  private final MultiMap parameters;

  private TokenQuery(MultiMap parameters) {
    this.parameters = parameters;
  }

  /**
   * Reads a body of {@code application/x-www-form-urlencoded}.
   *
   * @throws RegistryException {@code BAD_REQUEST} when it is none
   */
  static TokenQuery ofForm(Buffer body) {
    return parse(body.toString(StandardCharsets.UTF_8));
  }

  /**
   * Reads what stands behind the question mark of an address.
   *
   * @throws RegistryException {@code BAD_REQUEST} when it is no query
   */
  static TokenQuery parse(@Nullable String query) {
    MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
    String[] pairs = (query == null ? "" : query).split("&", MAX_PARAMETERS + 1);
    if (pairs.length > MAX_PARAMETERS) {
      throw refused("there are too many parameters");
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.add(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return new TokenQuery(parameters);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the cause, which quotes it: it may be a password.
      throw refused("a parameter is not encoded as in an address");
    }
  }

  /** Finds a parameter; twice the same name is a mistake. */
  Optional<String> find(String name) {
    List<String> values = parameters.getAll(name);
    if (values.size() > 1) {
      throw refused("there are several of " + name);
    }
    return values.stream().findFirst().filter(value -> !value.isEmpty());
  }

  /** Returns a parameter for people to read: what may be no parameter at all is empty. */
  String first(String name) {
    return parameters.getAll(name).stream().findFirst().orElse("");
  }

  /** Returns a parameter that must be there. */
  String require(String name) {
    return find(name).orElseThrow(() -> refused(name + " is missing"));
  }

  /** Requires that the token is for this registry, if it is said for whom. */
  void requireService(String service) {
    if (find("service").filter(wanted -> !wanted.equals(service)).isPresent()) {
      throw refused("service is not " + service);
    }
  }

  /** Returns the scopes; each may hold several. */
  List<String> scopes() {
    return parameters.getAll("scope");
  }

  static RegistryException refused(String reason) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST, "tried to read the request for a token but " + reason);
  }
}
