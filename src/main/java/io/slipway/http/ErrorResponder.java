package io.slipway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers failed requests with the errors of the specification (distribution-spec, "Error Codes"),
 * or with problem details. Runs on the context of the request.
 */
public final class ErrorResponder {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorResponder.class);
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence PROBLEM =
      HttpHeaders.createOptimized("application/problem+json");
  private static final CharSequence API_VERSION =
      HttpHeaders.createOptimized("Docker-Distribution-Api-Version");
  private static final CharSequence REGISTRY_2_0 = HttpHeaders.createOptimized("registry/2.0");
  private static final int RETRY_SECONDS = 1;

  /** What is answered because of who asks, or how often. */
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(ErrorCode.UNAUTHORIZED, ErrorCode.DENIED, ErrorCode.TOOMANYREQUESTS);

  /** Of an error that has this detail, the header {@code Retry-After} says the same. */
  static final String RETRY_AFTER_DETAIL = "retryAfter";

  private final Vertx vertx;
  private final CharSequence contentType;
  private final Function<RegistryException, JsonObject> body;
  private final Refusals refusals;

  /** Makes one that answers with the errors of the specification. */
  public ErrorResponder(Vertx vertx) {
    this(vertx, Refusals.UNTOLD);
  }

  /**
   * Makes one that answers with the errors of the specification.
   *
   * @param refusals told of whom it refuses
   */
  public ErrorResponder(Vertx vertx, Refusals refusals) {
    this(vertx, JSON, ErrorResponder::errors, refusals);
  }

  private ErrorResponder(
      Vertx vertx,
      CharSequence contentType,
      Function<RegistryException, JsonObject> body,
      Refusals refusals) {
    this.vertx = vertx;
    this.contentType = contentType;
    this.body = body;
    this.refusals = refusals;
  }

  /** Makes one that answers with problem details (RFC 9457), for the management API. */
  public static ErrorResponder ofProblems(Vertx vertx) {
    return new ErrorResponder(vertx).ofProblems();
  }

  /** Returns one that answers with problem details and tells the same of whom it refuses. */
  public ErrorResponder ofProblems() {
    return new ErrorResponder(vertx, PROBLEM, ErrorResponder::problem, refusals);
  }

  /** Answers a failed request; does nothing when the client has gone. */
  public void fail(HttpServerRequest request, Throwable failure) {
    fail(request, failure, ignored -> {});
  }

  /**
   * Answers a failed request.
   *
   * @param headers adds what this kind of answer needs
   */
  public void fail(HttpServerRequest request, Throwable failure, Consumer<MultiMap> headers) {
    fail(request, Refusals.Attempt.UNKNOWN, failure, headers);
  }

  /**
   * Answers a failed request.
   *
   * @param attempt who wanted what
   * @param headers adds what this kind of answer needs
   */
  public void fail(
      HttpServerRequest request,
      Refusals.Attempt attempt,
      Throwable failure,
      Consumer<MultiMap> headers) {
    // First, for a client that has gone was refused as well.
    if (failure instanceof RegistryException refused && REFUSALS.contains(refused.code())) {
      refusals.refused(request, refused.code(), attempt);
    }
    HttpServerResponse response = request.response();
    if (response.closed() || Failures.isDisconnect(failure)) {
      LOG.debug("{} {}: the client has gone", request.method(), request.path());
      disconnect(request);
    } else if (response.ended() || response.headWritten()) {
      tooLate(request, failure);
    } else {
      answer(request, failure, headers);
    }
  }

  /** Drops the rest of a body that was answered without being read. */
  public void dropBody(HttpServerRequest request) {
    UnreadBody.drop(vertx, request);
  }

  private void answer(HttpServerRequest request, Throwable failure, Consumer<MultiMap> headers) {
    HttpServerResponse response = request.response();
    boolean last = LastAnswers.isAnnounced(response);
    // What was prepared for success must not describe the failure.
    response.headers().clear();
    if (last) {
      LastAnswers.announce(response);
    }
    RegistryException refused = Failures.answer(failure).orElseGet(() -> defect(request, failure));
    ErrorCode code = refused.code();
    response
        .setStatusCode(code.status())
        .putHeader(API_VERSION, REGISTRY_2_0)
        .putHeader(HttpHeaders.CONTENT_TYPE, contentType);
    if (refused.detail().get(RETRY_AFTER_DETAIL) instanceof Long seconds) {
      response.putHeader(RETRY_AFTER, Long.toString(seconds));
    } else if (code.status() == 503) {
      response.putHeader(RETRY_AFTER, Integer.toString(RETRY_SECONDS));
    }
    headers.accept(response.headers());
    UnreadBody.announce(request);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body.apply(refused).toBuffer());
    }
    dropBody(request);
  }

  private static JsonObject errors(RegistryException refused) {
    JsonObject error =
        new JsonObject()
            .put("code", refused.code().code())
            .put("message", refused.getMessage())
            .put("detail", new JsonObject(refused.detail()));
    return new JsonObject().put("errors", new JsonArray().add(error));
  }

  private static JsonObject problem(RegistryException refused) {
    int status = refused.code().status();
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
        .put("status", status)
        .put("detail", refused.getMessage())
        .put("error", refused.getMessage());
  }

  private static RegistryException defect(HttpServerRequest request, Throwable failure) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    LOG.error("{} {} failed, request {}", request.method(), request.path(), id, failure);
    request.response().putHeader(REQUEST_ID, id);
    return new RegistryException(
        ErrorCode.UNKNOWN,
        "tried to carry out the request but something unforeseen happened; the registry's log"
            + " tells what, under request "
            + id,
        Map.of("request", id));
  }

  /** Breaks an answer off, because nothing else can tell the client that it is not complete. */
  private static void tooLate(HttpServerRequest request, Throwable failure) {
    if (Failures.answer(failure).isPresent()) {
      LOG.warn("{} {} broke off: {}", request.method(), request.path(), failure.getMessage());
    } else {
      LOG.error("{} {} broke off", request.method(), request.path(), failure);
    }
    disconnect(request);
  }

  private static void disconnect(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }
}
