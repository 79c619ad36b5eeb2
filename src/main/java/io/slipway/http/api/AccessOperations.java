package io.slipway.http.api;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.Account.Kind;
import io.slipway.auth.Caller;
import io.slipway.auth.audit.AuditStore;
import io.slipway.http.RequestQuery;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that can be asked of the access rules and the audit log, over HTTP or by a command
 * without a server.
 */
public final class AccessOperations {
  private final List<AccessOperation> all;

  public AccessOperations(AccessAdministration administration, AuditStore audit) {
    all =
        Stream.of(
                new AccountOperations(administration, Kind.USER).all(),
                new KeyOperations(administration, Kind.USER).all(),
                new AccountOperations(administration, Kind.ROBOT).all(),
                new KeyOperations(administration, Kind.ROBOT).all(),
                new GroupOperations(administration).all(),
                new PolicyOperations(administration).all(),
                new MeOperations(administration).all(),
                new AuditOperations(audit).all())
            .flatMap(List::stream)
            .toList();
  }

  List<AccessOperation> all() {
    return all;
  }

  /**
   * Runs what a request would, without a connection; fails with a {@link RegistryException}.
   *
   * @param target path and query
   * @param caller who may do everything
   */
  public Future<AccessReply> run(String method, String target, JsonObject body, Caller caller) {
    int end = target.indexOf('?');
    String path = end < 0 ? target : target.substring(0, end);
    RequestQuery query = RequestQuery.parse(end < 0 ? null : target.substring(end + 1));
    for (AccessOperation operation : all) {
      Optional<Map<String, String>> parameters = match(operation.path(), path);
      if (parameters.isPresent() && operation.method().equals(HttpMethod.valueOf(method))) {
        AccessCall call = new AccessCall(parameters.get(), query, body, caller);
        return Future.succeededFuture().compose(ignored -> operation.run().apply(call));
      }
    }
    return Future.failedFuture(
        new RegistryException(ErrorCode.NOT_FOUND, "tried to find " + path + " but it is nothing"));
  }

  private static Optional<Map<String, String>> match(String pattern, String path) {
    String[] wanted = pattern.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith(":")) {
        parameters.put(wanted[i].substring(1), given[i]);
      } else if (!wanted[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }
}
