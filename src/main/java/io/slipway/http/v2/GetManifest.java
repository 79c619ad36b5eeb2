package io.slipway.http.v2;

import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.repository.ManifestService;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;

/**
 * Sends a manifest, or only its headers (distribution-spec, "Pulling manifests"). What the client
 * says it accepts decides nothing: a registry has exactly one document under a reference.
 */
final class GetManifest implements Operation {
  private final ManifestService manifests;

  GetManifest(ManifestService manifests) {
    this.manifests = manifests;
  }

  @Override
  public void handle(Exchange exchange) {
    Reference reference = exchange.reference();
    Future<StoredManifest> found = manifests.get(exchange.repository(), reference);
    if (found.succeeded()) {
      send(exchange, reference, found.result());
    } else {
      exchange.when(found, manifest -> send(exchange, reference, manifest));
    }
  }

  private static void send(Exchange exchange, Reference reference, StoredManifest manifest) {
    HttpServerResponse response = exchange.response();
    MultiMap headers = response.headers();
    headers
        .set(V2Headers.CONTENT_DIGEST, manifest.digest().text())
        .set(V2Headers.ETAG, manifest.entityTag());
    if (reference instanceof Digest) {
      headers.set(V2Headers.CACHE_CONTROL, V2Headers.IMMUTABLE);
    }
    if (EntityTags.isCurrent(exchange.header("If-None-Match"), manifest.entityTag())) {
      response.setStatusCode(304).end();
      return;
    }
    headers
        .set(V2Headers.CONTENT_TYPE, manifest.mediaType())
        .set(V2Headers.CONTENT_LENGTH, manifest.contentLength());
    if (exchange.request().method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      BytesSender.end(response, manifest.content());
    }
  }
}
