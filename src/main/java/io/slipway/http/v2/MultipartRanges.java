package io.slipway.http.v2;

import io.slipway.oci.ByteRange;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Answers a request for several ranges with all of them (RFC 9110, section 14.6). */
final class MultipartRanges {
  private final List<ByteRange> ranges;
  private final long size;
  private final String boundary =
      "slipway-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

  /**
   * Takes the ranges.
   *
   * @param ranges sorted, not overlapping, at most {@link ByteRange#MAX_RANGES}
   * @param size of the whole content
   */
  MultipartRanges(List<ByteRange> ranges, long size) {
    this.ranges = ranges;
    this.size = size;
  }

  void send(Exchange exchange, BlobSender sender) {
    HttpServerResponse response = exchange.response();
    response
        .setStatusCode(206)
        .putHeader(V2Headers.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary)
        .putHeader(V2Headers.CONTENT_LENGTH, Long.toString(length()));
    Future<Void> sent = Future.succeededFuture();
    for (ByteRange range : ranges) {
      sent =
          sent.compose(ignored -> response.write(Buffer.buffer(partHead(range))))
              .compose(ignored -> sender.append(range.first(), range.length()));
    }
    exchange.when(sent, ignored -> response.end(Buffer.buffer(end())), sender::fail);
  }

  private long length() {
    long length = end().length();
    for (ByteRange range : ranges) {
      length += partHead(range).length() + range.length();
    }
    return length;
  }

  private String partHead(ByteRange range) {
    return "\r\n--"
        + boundary
        + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes "
        + range.first()
        + "-"
        + range.last()
        + "/"
        + size
        + "\r\n\r\n";
  }

  private String end() {
    return "\r\n--" + boundary + "--\r\n";
  }
}
