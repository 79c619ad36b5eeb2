package io.slipway.http.v2;

/** The kinds of path that the API has (distribution-spec, "Endpoints"). */
enum Endpoint {
  /** {@code /v2/}. */
  BASE,
  /** {@code /v2/_catalog} and {@code /_catalog}. */
  CATALOG,
  /** {@code /v2/<name>/blobs/<digest>}. */
  BLOB,
  /** {@code /v2/<name>/blobs/uploads/}. */
  UPLOADS,
  /** {@code /v2/<name>/blobs/uploads/<id>}. */
  UPLOAD,
  /** {@code /v2/<name>/manifests/<reference>}. */
  MANIFEST,
  /** {@code /v2/<name>/tags/list}. */
  TAGS,
  /** {@code /v2/<name>/referrers/<digest>}. */
  REFERRERS,
  /** Anything else. */
  UNKNOWN
}
