package io.slipway.http.api;

import io.slipway.auth.Caller;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.http.Refusals;
import io.slipway.http.RequestQuery;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Says and changes who may do what: {@code /api/v1/access/} (R5.2). */
public final class AccessRoutes {
  private final AccessOperations operations;
  private final PublicAddress address;
  private final ErrorResponder errors;

  /**
   * Takes what it needs.
   *
   * @param errors answers with problem details
   */
  public AccessRoutes(AccessOperations operations, PublicAddress address, ErrorResponder errors) {
    this.operations = operations;
    this.address = address;
    this.errors = errors;
  }

  /** Adds the routes. */
  public void mount(GuardedRoutes routes) {
    operations
        .all()
        .forEach(
            operation ->
                routes.add(
                    operation.method(),
                    operation.path(),
                    operation.requirement(),
                    (exchange, caller) -> serve(operation, exchange, caller)));
  }

  private void serve(AccessOperation operation, RoutingContext exchange, Caller caller) {
    HttpServerRequest request = exchange.request();
    Future<JsonObject> body =
        operation.hasBody() ? JsonBody.read(request) : Future.succeededFuture(new JsonObject());
    body.compose(
            json ->
                operation
                    .run()
                    .apply(
                        new AccessCall(
                            exchange.pathParams(),
                            RequestQuery.parse(request.query()),
                            json,
                            caller)))
        .onSuccess(reply -> answer(request, reply))
        .onFailure(cause -> fail(request, caller, cause));
  }

  private void answer(HttpServerRequest request, AccessReply reply) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    response.setStatusCode(reply.status()).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    reply
        .next()
        .ifPresent(
            next ->
                response.putHeader("Link", "<" + address.pathPrefix() + next + ">; rel=\"next\""));
    if (reply.body().isPresent()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(reply.body().get());
    } else {
      response.end();
    }
    // Of an operation that reads none.
    errors.dropBody(request);
  }

  private void fail(HttpServerRequest request, Caller caller, Throwable cause) {
    errors.fail(
        request,
        Refusals.Attempt.of(caller),
        cause,
        headers -> headers.set(HttpHeaders.CACHE_CONTROL, "no-store"));
  }
}
