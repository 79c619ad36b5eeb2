package io.slipway.http.api;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request as a JSON object, up to 64 KiB. Belongs to the context of the
 * request.
 *
 * <p>It must say that it is JSON: a browser sends that for no page of somebody else's without
 * asking first. What is wrong with it is not repeated, for there may be a password in it.
 */
final class JsonBody {
  /** In bytes. */
  static final int LIMIT = 64 * 1024;

  private final HttpServerRequest request;
  private final Promise<JsonObject> promise = Promise.promise();
  private final Buffer content = Buffer.buffer();

  private JsonBody(HttpServerRequest request) {
    this.request = request;
  }

  /** Reads; an empty body is an object without fields. Fails with {@code BAD_REQUEST}. */
  static Future<JsonObject> read(HttpServerRequest request) {
    return new JsonBody(request).read();
  }

  private Future<JsonObject> read() {
    request.exceptionHandler(
        cause -> promise.tryFail(new HttpClosedException(String.valueOf(cause.getMessage()))));
    request.handler(this::add);
    request.endHandler(ignored -> end());
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    // Whoever let it in has paused it, if they had to compute something.
    request.resume();
    return promise.future();
  }

  private void add(Buffer bytes) {
    if (content.length() + bytes.length() > LIMIT) {
      promise.tryFail(refused("it has more than " + LIMIT + " bytes"));
    } else if (!promise.future().isComplete()) {
      content.appendBuffer(bytes);
    }
  }

  private void end() {
    if (content.length() == 0) {
      promise.tryComplete(new JsonObject());
      return;
    }
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      promise.tryFail(refused("its Content-Type is not application/json"));
      return;
    }
    try {
      promise.tryComplete(new JsonObject(content));
    } catch (DecodeException | ClassCastException e) {
      promise.tryFail(refused("it is not one JSON object"));
    }
  }

  private static boolean isJson(@Nullable String type) {
    String text = type == null ? "" : type.toLowerCase(Locale.ROOT);
    int end = text.indexOf(';');
    return (end < 0 ? text : text.substring(0, end)).strip().equals("application/json");
  }

  private static RegistryException refused(String reason) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST, "tried to read the body of the request but " + reason);
  }
}
