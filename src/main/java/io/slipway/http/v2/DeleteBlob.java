package io.slipway.http.v2;

import io.slipway.oci.Digest;
import io.slipway.repository.BlobService;

/** Unlinks a blob from a repository (distribution-spec, "Deleting Blobs"). */
final class DeleteBlob implements Operation {
  private final BlobService blobs;

  DeleteBlob(BlobService blobs) {
    this.blobs = blobs;
  }

  @Override
  public void handle(Exchange exchange) {
    Digest digest = exchange.digest();
    exchange.when(
        blobs.delete(exchange.repository(), digest, exchange.actor()),
        ignored -> {
          exchange.response().putHeader(V2Headers.CONTENT_DIGEST, digest.text());
          Replies.empty(exchange, 202);
        });
  }
}
