package io.slipway.http;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Sends requests of the Distribution API one way, by a look at their first characters, and all
 * others to the router. Refuses what the router would write a stack trace about.
 */
public final class FrontHandler implements Handler<HttpServerRequest> {
  private final Handler<HttpServerRequest> registry;
  private final Handler<HttpServerRequest> others;
  private final ErrorResponder errors;

  public FrontHandler(
      Handler<HttpServerRequest> registry,
      Handler<HttpServerRequest> others,
      ErrorResponder errors) {
    this.registry = registry;
    this.others = others;
    this.errors = errors;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path();
    if (!hasOneHost(request)) {
      refuse(request, ErrorCode.BAD_REQUEST, "it does not name one host");
    } else if (path == null || !path.startsWith("/")) {
      refuse(request, ErrorCode.NOT_FOUND, "its address does not begin with a slash");
    } else if (isApi(path)) {
      registry.handle(request);
    } else if (path.indexOf('%') >= 0) {
      refuse(request, ErrorCode.NOT_FOUND, "this registry has no such endpoint");
    } else {
      others.handle(request);
    }
  }

  /** As RFC 9112 asks for (section 3.2); HTTP/1.0 has no Host. */
  private static boolean hasOneHost(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_0
        || (request.authority() != null
            && (request.version() != HttpVersion.HTTP_1_1
                || request.headers().getAll(HttpHeaders.HOST).size() == 1));
  }

  private static boolean isApi(String path) {
    return (path.startsWith("/v2") && (path.length() == 3 || path.charAt(3) == '/'))
        || path.startsWith("/_catalog");
  }

  private void refuse(HttpServerRequest request, ErrorCode code, String reason) {
    errors.fail(request, new RegistryException(code, "tried to read the request but " + reason));
  }
}
