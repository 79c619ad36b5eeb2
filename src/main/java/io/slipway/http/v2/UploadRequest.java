package io.slipway.http.v2;

import io.slipway.oci.ByteRange;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.runtime.SocketReading;
import io.slipway.upload.UploadBody;
import io.slipway.upload.UploadId;
import io.slipway.upload.UploadService;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads what a request says about the bytes of a blob it brings, or about their session. */
final class UploadRequest {
  private static final int MAX_ID = 64;
  private static final int MAX_LENGTH_DIGITS = 18;

  private UploadRequest() {}

  /**
   * Returns the session's id.
   *
   * @throws RegistryException {@link ErrorCode#BLOB_UPLOAD_UNKNOWN} for what is no id of ours, or
   *     one of somebody else's session
   */
  static String id(Exchange exchange) {
    String id = exchange.item();
    boolean plausible =
        id.length() <= MAX_ID
            && id.chars().allMatch(c -> c == '-' || (Character.isLetterOrDigit(c) && c < 128));
    if (!plausible || !UploadId.isOf(id, exchange.actor())) {
      throw new RegistryException(
          ErrorCode.BLOB_UPLOAD_UNKNOWN,
          "tried to find an upload but its id is none that this registry gave to this caller");
    }
    return id;
  }

  /**
   * Takes the body over, unread. To be called in the very call that brings the request: until then
   * nobody would notice that it breaks off.
   */
  static UploadBody body(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    request.pause();
    if (request.version() == HttpVersion.HTTP_2) {
      // Its streams share a connection, and have windows of their own.
      return new UploadBody(request, contentLength(exchange), reads -> {});
    }
    HttpConnection connection = request.connection();
    // Whoever answers: what comes after this body is to be read.
    exchange.response().bodyEndHandler(ignored -> SocketReading.set(connection, true));
    return new UploadBody(
        request, contentLength(exchange), reads -> SocketReading.set(connection, reads));
  }

  private static OptionalLong contentLength(Exchange exchange) {
    String text = exchange.header(V2Headers.CONTENT_LENGTH);
    boolean number =
        text != null
            && !text.isEmpty()
            && text.length() <= MAX_LENGTH_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number && text != null ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /**
   * Returns where the body belongs; empty when it belongs at the end.
   *
   * @throws RegistryException {@link ErrorCode#UPLOAD_RANGE_INVALID} when it is malformed, {@link
   *     ErrorCode#SIZE_INVALID} when it contradicts Content-Length
   */
  static Optional<ByteRange> range(Exchange exchange) {
    String header = exchange.header(V2Headers.CONTENT_RANGE);
    if (header == null) {
      return Optional.empty();
    }
    ByteRange range = ByteRange.parseContentRange(header);
    OptionalLong length = contentLength(exchange);
    if (length.isPresent() && length.getAsLong() != range.length()) {
      throw new RegistryException(
          ErrorCode.SIZE_INVALID,
          "tried to store a chunk but its Content-Range covers "
              + range.length()
              + " bytes and its Content-Length is "
              + length.getAsLong(),
          Map.of("range", range.length(), "length", length.getAsLong()));
    }
    return Optional.of(range);
  }

  /** Tells a client that waits for it to send the body, once the session is known to take it. */
  static Future<Void> invite(
      Exchange exchange,
      UploadService uploads,
      RepositoryName repository,
      String id,
      Optional<ByteRange> range) {
    if (!isExpecting(exchange)) {
      return Future.succeededFuture();
    }
    return uploads
        .size(repository, id)
        .compose(
            size -> {
              if (range.isPresent() && range.get().first() != size) {
                return Future.failedFuture(
                    new RegistryException(
                        ErrorCode.UPLOAD_RANGE_INVALID,
                        "tried to add a chunk at byte "
                            + range.get().first()
                            + " but the next byte of the upload is "
                            + size,
                        Map.of("size", size)));
              }
              return exchange.response().writeContinue();
            });
  }

  /** Tells a client that waits for it to send the body. */
  static Future<Void> invite(Exchange exchange) {
    return isExpecting(exchange) ? exchange.response().writeContinue() : Future.succeededFuture();
  }

  private static boolean isExpecting(Exchange exchange) {
    @Nullable String expect = exchange.header("Expect");
    return expect != null && expect.equalsIgnoreCase("100-continue");
  }
}
