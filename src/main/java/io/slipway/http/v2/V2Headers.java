package io.slipway.http.v2;

import io.vertx.core.http.HttpHeaders;

/** Names and values of headers, encoded once. */
final class V2Headers {
  static final CharSequence API_VERSION =
      HttpHeaders.createOptimized("Docker-Distribution-Api-Version");
  static final CharSequence REGISTRY_2_0 = HttpHeaders.createOptimized("registry/2.0");
  static final CharSequence CONTENT_DIGEST = HttpHeaders.createOptimized("Docker-Content-Digest");
  static final CharSequence UPLOAD_UUID = HttpHeaders.createOptimized("Docker-Upload-UUID");
  static final CharSequence OCI_SUBJECT = HttpHeaders.createOptimized("OCI-Subject");
  static final CharSequence OCI_TAG = HttpHeaders.createOptimized("OCI-Tag");
  static final CharSequence OCI_FILTERS_APPLIED =
      HttpHeaders.createOptimized("OCI-Filters-Applied");

  static final CharSequence ACCEPT_RANGES = HttpHeaders.createOptimized("Accept-Ranges");
  static final CharSequence ALLOW = HttpHeaders.createOptimized("Allow");
  static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
  static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  static final CharSequence CONTENT_RANGE = HttpHeaders.createOptimized("Content-Range");
  static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
  static final CharSequence ETAG = HttpHeaders.createOptimized("ETag");
  static final CharSequence LINK = HttpHeaders.createOptimized("Link");
  static final CharSequence LOCATION = HttpHeaders.createOptimized("Location");
  static final CharSequence RANGE = HttpHeaders.createOptimized("Range");

  static final CharSequence X_CACHE = HttpHeaders.createOptimized("X-Cache");

  static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");
  static final CharSequence ZERO = HttpHeaders.createOptimized("0");
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  static final CharSequence OCTET_STREAM = HttpHeaders.createOptimized("application/octet-stream");

  /**
   * What is named by its digest never changes. Without {@code public}: a shared cache must not
   * answer those who did not show it credentials.
   */
  static final CharSequence IMMUTABLE = HttpHeaders.createOptimized("max-age=31536000, immutable");

  private V2Headers() {}
}
