package io.slipway.http.v2;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.upload.UploadService;
import io.vertx.core.MultiMap;

/** The answers about one upload session: where it is, and how far. */
final class UploadReplies {
  private final Exchange exchange;
  private final UploadService uploads;
  private final RepositoryName repository;
  private final String id;

  UploadReplies(Exchange exchange, UploadService uploads, RepositoryName repository, String id) {
    this.exchange = exchange;
    this.uploads = uploads;
    this.repository = repository;
    this.id = id;
  }

  /** Answers that so many bytes are stored. */
  void progress(int status, long size) {
    describe(exchange.response().headers(), size);
    Replies.empty(exchange, status);
  }

  /** Answers a failure; a chunk that does not fit is told where the upload really ends. */
  void fail(Throwable failure) {
    if (failure instanceof RegistryException refused
        && refused.code() == ErrorCode.UPLOAD_RANGE_INVALID) {
      if (refused.detail().get("size") instanceof Number size) {
        refuse(refused, size.longValue());
      } else {
        exchange.when(uploads.size(repository, id), size -> refuse(refused, size));
      }
    } else {
      exchange.fail(failure);
    }
  }

  private void refuse(RegistryException refused, long size) {
    exchange.fail(refused, headers -> describe(headers, size));
  }

  private void describe(MultiMap headers, long size) {
    headers
        .set(V2Headers.LOCATION, exchange.location(path()))
        // There is no way to write a range of nothing.
        .set(V2Headers.RANGE, "0-" + Math.max(0, size - 1))
        .set(V2Headers.UPLOAD_UUID, id);
  }

  private String path() {
    return "/v2/" + repository.text() + "/blobs/uploads/" + id;
  }
}
