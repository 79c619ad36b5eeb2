package io.slipway.http.v2;

import io.slipway.oci.ByteRange;
import io.slipway.oci.Digest;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.upload.UploadBody;
import io.slipway.upload.UploadService;
import java.util.Optional;

/**
 * Closes an upload, with its last bytes or without (distribution-spec, "POST then PUT", "Pushing a
 * blob in chunks").
 */
final class FinishUpload implements Operation {
  private final UploadService uploads;

  FinishUpload(UploadService uploads) {
    this.uploads = uploads;
  }

  @Override
  public void handle(Exchange exchange) {
    UploadBody body = UploadRequest.body(exchange);
    RepositoryName repository = exchange.repository();
    String id = UploadRequest.id(exchange);
    Digest digest = Digest.parse(exchange.query().text("digest").orElse(""));
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
            .compose(
                ignored -> uploads.finish(repository, id, digest, range, body, exchange.actor())),
        ignored -> Replies.blobCreated(exchange, repository, digest),
        replies::fail);
  }
}
