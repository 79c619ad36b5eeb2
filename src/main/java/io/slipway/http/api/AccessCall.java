package io.slipway.http.api;

import io.slipway.auth.Caller;
import io.slipway.http.RequestQuery;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * What somebody asks of the access rules. Not a record: there are passwords in its body, and a
 * record would show them.
 */
final class AccessCall {
  private final Map<String, String> path;
  private final RequestQuery query;
  private final JsonObject body;
  private final Caller caller;

  /**
   * Takes the parts of a request.
   *
   * @param path the values of the parameters in the path
   */
  AccessCall(Map<String, String> path, RequestQuery query, JsonObject body, Caller caller) {
    this.path = Map.copyOf(path);
    this.query = query;
    this.body = body;
    this.caller = caller;
  }

  /** Returns the name in the path. */
  String name() {
    return path.getOrDefault("name", "");
  }

  /** Returns the id in the path. */
  String id() {
    return path.getOrDefault("id", "");
  }

  RequestQuery query() {
    return query;
  }

  /** Returns a parameter that must be in the query; throws {@code BAD_REQUEST}. */
  String parameter(String name) {
    return query
        .text(name)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.BAD_REQUEST,
                    "tried to read the query but there is no " + name + " in it",
                    Map.of("parameter", name)));
  }

  /** Returns the body, which may have these fields only. */
  JsonFields fields(String... known) {
    return JsonFields.of(body, List.of(known));
  }

  Caller caller() {
    return caller;
  }
}
