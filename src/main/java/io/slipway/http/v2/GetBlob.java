package io.slipway.http.v2;

import io.slipway.blob.BlobContent;
import io.slipway.oci.ByteRange;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.repository.BlobDownload;
import io.slipway.repository.BlobService;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.file.FileSystem;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends a blob, or ranges of it (distribution-spec, "Pulling blobs"; RFC 9110, section 14). */
final class GetBlob implements Operation {
  private final BlobService blobs;
  private final FileSystem files;

  GetBlob(BlobService blobs, FileSystem files) {
    this.blobs = blobs;
    this.files = files;
  }

  @Override
  public void handle(Exchange exchange) {
    Digest digest = exchange.digest();
    exchange.when(blobs.get(exchange.repository(), digest), found -> send(exchange, digest, found));
  }

  private void send(Exchange exchange, Digest digest, BlobDownload found) {
    MultiMap headers = exchange.response().headers();
    BlobHeaders.set(headers, digest);
    String entityTag = BlobHeaders.entityTag(digest);
    if (EntityTags.isCurrent(exchange.header("If-None-Match"), entityTag)) {
      exchange.response().setStatusCode(304).end();
      return;
    }
    elsewhere(found.content())
        .ifPresentOrElse(
            place -> exchange.when(place, address -> redirect(exchange, address)),
            () -> sendBytes(exchange, digest, found, entityTag));
  }

  private static Optional<Future<URI>> elsewhere(BlobContent content) {
    return content instanceof BlobContent.Streamed streamed
        ? streamed.elsewhere()
        : Optional.empty();
  }

  /** With a way that ends: a cache that keeps it would send clients to a door that is shut. */
  private static void redirect(Exchange exchange, URI address) {
    exchange
        .response()
        .setStatusCode(307)
        .putHeader(V2Headers.LOCATION, address.toString())
        .putHeader(V2Headers.CACHE_CONTROL, "no-store")
        .end();
  }

  private void sendBytes(Exchange exchange, Digest digest, BlobDownload found, String entityTag) {
    MultiMap headers = exchange.response().headers();
    BlobHeaders.setCache(headers, found.content().cache());
    long size = found.blob().size();
    BlobSender sender = new BlobSender(exchange, digest, found.content(), files);
    String range = exchange.header(V2Headers.RANGE);
    if (range == null || !holds(exchange.header("If-Range"), entityTag)) {
      headers.set(V2Headers.CONTENT_TYPE, V2Headers.OCTET_STREAM);
      sender.sendWhole(size);
    } else {
      sendRanges(exchange, sender, range, size);
    }
  }

  private static void sendRanges(Exchange exchange, BlobSender sender, String range, long size) {
    List<ByteRange> ranges;
    try {
      ranges = ByteRange.parseRange(range, size);
    } catch (RegistryException e) {
      if (e.code() != ErrorCode.RANGE_INVALID) {
        throw e;
      }
      exchange.fail(e, headers -> headers.set(V2Headers.CONTENT_RANGE, "bytes */" + size));
      return;
    }
    MultiMap headers = exchange.response().headers();
    if (ranges.size() > 1) {
      new MultipartRanges(ranges, size).send(exchange, sender);
      return;
    }
    headers.set(V2Headers.CONTENT_TYPE, V2Headers.OCTET_STREAM);
    if (ranges.isEmpty()) {
      sender.sendWhole(size);
    } else {
      ByteRange one = ranges.getFirst();
      exchange.response().setStatusCode(206);
      headers.set(V2Headers.CONTENT_RANGE, "bytes " + one.first() + "-" + one.last() + "/" + size);
      sender.send(one.first(), one.length());
    }
  }

  /** Tells whether If-Range lets the ranges apply; by strong comparison, so a date never does. */
  private static boolean holds(@Nullable String ifRange, String entityTag) {
    return ifRange == null || ifRange.strip().equals(entityTag);
  }
}
