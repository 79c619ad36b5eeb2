package io.slipway.http.v2;

import io.slipway.oci.Reference;
import io.slipway.repository.ManifestService;

/** Deletes a manifest and its tags, or one tag (distribution-spec, "Content Management"). */
final class DeleteManifest implements Operation {
  private final ManifestService manifests;

  DeleteManifest(ManifestService manifests) {
    this.manifests = manifests;
  }

  @Override
  public void handle(Exchange exchange) {
    Reference reference = exchange.reference();
    exchange.when(
        manifests.delete(exchange.repository(), reference, exchange.actor()),
        digest -> {
          exchange.response().putHeader(V2Headers.CONTENT_DIGEST, digest.text());
          Replies.empty(exchange, 202);
        });
  }
}
