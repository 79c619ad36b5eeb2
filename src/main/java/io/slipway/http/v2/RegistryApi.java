package io.slipway.http.v2;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.slipway.http.ErrorResponder;
import io.slipway.http.Gate;
import io.slipway.http.PublicAddress;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Serves everything under {@code /v2/} and {@code /_catalog}. Thread-safe: one is enough for all
 * event loops.
 */
public final class RegistryApi implements Handler<HttpServerRequest> {
  private final Routes routes;
  private final ErrorResponder errors;
  private final PublicAddress address;
  private final Gate gate;
  private final boolean deleteEnabled;

  /**
   * Takes what the operations need.
   *
   * @param deleteEnabled false answers every DELETE of content with 405
   */
  public RegistryApi(
      Vertx vertx,
      RegistryServices services,
      PublicAddress address,
      Gate gate,
      ErrorResponder errors,
      boolean deleteEnabled) {
    this.routes = new Routes(vertx, services);
    this.errors = errors;
    this.address = address;
    this.gate = gate;
    this.deleteEnabled = deleteEnabled;
  }

  @Override
  public void handle(HttpServerRequest request) {
    try {
      String raw = request.path();
      V2Path path = V2Path.parse(raw == null ? "" : raw);
      request.response().headers().set(V2Headers.API_VERSION, V2Headers.REGISTRY_2_0);
      dispatch(request, path);
    } catch (RuntimeException e) {
      errors.fail(request, e);
    }
  }

  private void dispatch(HttpServerRequest request, V2Path path) {
    HttpMethod method = request.method();
    List<Route> candidates = routes.of(path.endpoint());
    for (int i = 0; i < candidates.size(); i++) {
      Route route = candidates.get(i);
      if (route.method().equals(method)) {
        if (isEnabled(route)) {
          request.routed(route.name());
          admit(request, path, route);
        } else {
          refuse(request, candidates, ErrorCode.DELETE_REFUSED, "deletion is switched off");
        }
        return;
      }
    }
    if (candidates.isEmpty()) {
      throw new RegistryException(
          ErrorCode.NOT_FOUND,
          "tried to find what "
              + method.name()
              + " is sent to but this registry has no such endpoint");
    }
    refuse(request, candidates, ErrorCode.UNSUPPORTED, "this endpoint does not take the method");
  }

  private void admit(HttpServerRequest request, V2Path path, Route route) {
    if (gate.isOpen()) {
      carryOut(request, path, route, gate.everybody(request), null);
    } else {
      Requirement requirement = route.need().of(path, request.query());
      RepositoryName repository = requirement.within().orElse(null);
      gate.admit(
          request, requirement, caller -> carryOut(request, path, route, caller, repository));
    }
  }

  private void carryOut(
      HttpServerRequest request,
      V2Path path,
      Route route,
      Caller caller,
      @Nullable RepositoryName repository) {
    route.operation().handle(new Exchange(request, path, errors, address, caller, repository));
  }

  private boolean isEnabled(Route route) {
    return deleteEnabled || route.need() != Need.DELETE;
  }

  private void refuse(
      HttpServerRequest request, List<Route> candidates, ErrorCode code, String reason) {
    String allowed =
        candidates.stream()
            .filter(this::isEnabled)
            .map(route -> route.method().name())
            .collect(Collectors.joining(", "));
    RegistryException refused =
        new RegistryException(
            code, "tried to carry out " + request.method().name() + " but " + reason);
    errors.fail(request, refused, headers -> headers.set(V2Headers.ALLOW, allowed));
  }
}
