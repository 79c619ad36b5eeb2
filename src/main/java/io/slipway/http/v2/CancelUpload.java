package io.slipway.http.v2;

import io.slipway.upload.UploadService;

/** Ends an upload without a blob (distribution-spec, "Cancel a blob upload"). */
final class CancelUpload implements Operation {
  private final UploadService uploads;

  CancelUpload(UploadService uploads) {
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    exchange.when(
        uploads.cancel(exchange.repository(), UploadRequest.id(exchange)),
        ignored -> Replies.empty(exchange, 204));
  }
}
