package io.slipway.http.v2;

import io.slipway.oci.ByteRange;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.upload.UploadBody;
import io.slipway.upload.UploadService;
import java.util.Optional;

/** Adds bytes to an upload (distribution-spec, "Pushing a blob in chunks"). */
final class PatchUpload implements Operation {
  private final UploadService uploads;

  PatchUpload(UploadService uploads) {
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    UploadBody body = UploadRequest.body(exchange);
    RepositoryName repository = exchange.repository();
    String id = UploadRequest.id(exchange);
    UploadReplies replies = new UploadReplies(exchange, uploads, repository, id);
    Optional<ByteRange> range;
    try {
      range = UploadRequest.range(exchange);
    } catch (RegistryException e) {
      replies.fail(e);
      return;
    }
    exchange.when(
        UploadRequest.invite(exchange, uploads, repository, id, range)
            .compose(ignored -> uploads.append(repository, id, range, body)),
        size -> replies.progress(202, size),
        replies::fail);
  }
}
