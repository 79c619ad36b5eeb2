package io.slipway.http.v2;

import io.slipway.blob.BlobContent.CacheAnswer;
import io.slipway.oci.Digest;
import io.vertx.core.MultiMap;

/** The headers every answer about a blob carries. */
final class BlobHeaders {
  private BlobHeaders() {}

  static String entityTag(Digest digest) {
    return '"' + digest.text() + '"';
  }

  /** Says whether the cache had the bytes, if there is one. */
  static void setCache(MultiMap headers, CacheAnswer answer) {
    if (answer != CacheAnswer.NONE) {
      headers.set(V2Headers.X_CACHE, answer.name());
    }
  }

  static void set(MultiMap headers, Digest digest) {
    headers
        .set(V2Headers.CONTENT_DIGEST, digest.text())
        .set(V2Headers.ETAG, entityTag(digest))
        .set(V2Headers.ACCEPT_RANGES, V2Headers.BYTES)
        .set(V2Headers.CACHE_CONTROL, V2Headers.IMMUTABLE);
  }
}
