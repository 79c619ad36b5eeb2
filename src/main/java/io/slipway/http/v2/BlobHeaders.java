package io.slipway.http.v2;

import io.slipway.oci.Digest;
import io.vertx.core.MultiMap;

/** The headers every answer about a blob carries. */
final class BlobHeaders {
  private BlobHeaders() {}

  static String entityTag(Digest digest) {
    return '"' + digest.text() + '"';
  }

  static void set(MultiMap headers, Digest digest) {
    headers
        .set(V2Headers.CONTENT_DIGEST, digest.text())
        .set(V2Headers.ETAG, entityTag(digest))
        .set(V2Headers.ACCEPT_RANGES, V2Headers.BYTES)
        .set(V2Headers.CACHE_CONTROL, V2Headers.IMMUTABLE);
  }
}
