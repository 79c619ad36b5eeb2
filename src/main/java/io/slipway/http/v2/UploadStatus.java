package io.slipway.http.v2;

import io.slipway.oci.RepositoryName;
import io.slipway.upload.UploadService;

/** Tells how far an upload is (distribution-spec, "Pushing a blob in chunks"). */
final class UploadStatus implements Operation {
  private final UploadService uploads;

  UploadStatus(UploadService uploads) {
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    RepositoryName repository = exchange.repository();
    String id = UploadRequest.id(exchange);
    exchange.when(
        uploads.size(repository, id),
        size -> new UploadReplies(exchange, uploads, repository, id).progress(204, size));
  }
}
