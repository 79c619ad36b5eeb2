package io.slipway.http.v2;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;

/** The answers that several operations share. */
final class Replies {
  private Replies() {}

  /** Answers without a body. */
  static void empty(Exchange exchange, int status) {
    if (status != 204) {
      exchange.response().headers().set(V2Headers.CONTENT_LENGTH, V2Headers.ZERO);
    }
    exchange.response().setStatusCode(status).end();
  }

  /** Answers that a blob is in the repository now; what is left of the body is dropped. */
  static void blobCreated(Exchange exchange, RepositoryName repository, Digest digest) {
    exchange
        .response()
        .headers()
        .set(V2Headers.LOCATION, exchange.blobLocation(repository, digest))
        .set(V2Headers.CONTENT_DIGEST, digest.text());
    empty(exchange, 201);
    exchange.dropBody();
  }
}
