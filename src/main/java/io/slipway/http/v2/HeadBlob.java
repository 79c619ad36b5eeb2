package io.slipway.http.v2;

import io.slipway.oci.Digest;
import io.slipway.repository.BlobService;

/**
 * Tells whether a repository has a blob (distribution-spec, "Checking if content exists in the
 * registry").
 */
final class HeadBlob implements Operation {
  private final BlobService blobs;

  HeadBlob(BlobService blobs) {
    this.blobs = blobs;
  }

  @Override
  public void handle(Exchange exchange) {
    Digest digest = exchange.digest();
    exchange.when(
        blobs.head(exchange.repository(), digest),
        blob -> {
          BlobHeaders.set(exchange.response().headers(), digest);
          if (EntityTags.isCurrent(
              exchange.header("If-None-Match"), BlobHeaders.entityTag(digest))) {
            exchange.response().setStatusCode(304).end();
          } else {
            exchange
                .response()
                .putHeader(V2Headers.CONTENT_TYPE, V2Headers.OCTET_STREAM)
                .putHeader(V2Headers.CONTENT_LENGTH, Long.toString(blob.size()))
                .end();
          }
        });
  }
}
