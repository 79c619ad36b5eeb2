package io.slipway.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Answers what is no HTTP, or too long, as every other failure is answered, and hangs up. */
public final class UnreadableRequests implements Handler<HttpServerRequest> {
  private final ErrorResponder errors;

  public UnreadableRequests(ErrorResponder errors) {
    this.errors = errors;
  }

  @Override
  public void handle(HttpServerRequest request) {
    errors.fail(
        request,
        switch (request.decoderResult().cause()) {
          case TooLongHttpLineException ignored ->
              refusal(ErrorCode.URI_TOO_LONG, "its address is longer than http.max_initial_line");
          case TooLongHttpHeaderException ignored ->
              refusal(
                  ErrorCode.HEADERS_TOO_LARGE, "its headers are larger than http.max_header_size");
          case null, default -> refusal(ErrorCode.BAD_REQUEST, "it is not well-formed HTTP");
        });
    // Where the next request begins cannot be known.
    request.connection().close();
  }

  private static RegistryException refusal(ErrorCode code, String reason) {
    return new RegistryException(code, "tried to read the request but " + reason);
  }
}
