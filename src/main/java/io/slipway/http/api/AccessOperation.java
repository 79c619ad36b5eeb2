package io.slipway.http.api;

import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.function.Function;

/**
 * One thing that can be asked of the access rules.
 *
 * @param path with {@code :name} and {@code :id}
 * @param run fails with, or throws, a {@link io.slipway.oci.RegistryException}
 */
record AccessOperation(
    HttpMethod method,
    String path,
    Requirement requirement,
    Function<AccessCall, Future<AccessReply>> run) {
  private static final String ROOT = "/api/v1/access/";

  /** Makes one for admins; the path is below {@code /api/v1/access/}. */
  static AccessOperation of(
      HttpMethod method, String path, Function<AccessCall, Future<AccessReply>> run) {
    return new AccessOperation(method, ROOT + path, new Requirement.AtLeast(Role.ADMIN), run);
  }

  /** Makes one for everybody who has signed in. */
  static AccessOperation signedIn(
      HttpMethod method, String path, Function<AccessCall, Future<AccessReply>> run) {
    return new AccessOperation(method, ROOT + path, Requirement.Plain.SIGNED_IN, run);
  }

  /** Tells whether a body is read. */
  boolean hasBody() {
    return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT);
  }
}
