package io.slipway.http.v2;

import io.slipway.auth.Permission;
import io.slipway.http.RequestQuery;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.repository.BlobService;
import io.slipway.upload.UploadBody;
import io.slipway.upload.UploadService;
import java.util.Optional;

/**
 * Begins the push of a blob: opens a session, takes a whole blob at once, or mounts one of another
 * repository (distribution-spec, "Pushing blobs", "Mounting a blob from another repository").
 */
final class StartUpload implements Operation {
  private final UploadService uploads;
  private final BlobService blobs;

  StartUpload(UploadService uploads, BlobService blobs) {
    this.uploads = uploads;
    this.blobs = blobs;
  }

  @Override
  public void handle(Exchange exchange) {
    UploadBody body = UploadRequest.body(exchange);
    RepositoryName repository = exchange.repository();
    RequestQuery query = exchange.query();
    DigestAlgorithm algorithm =
        query.text("digest-algorithm").map(DigestAlgorithm::parse).orElse(DigestAlgorithm.SHA256);
    Optional<String> mount = query.text("mount");
    if (mount.isPresent()) {
      mount(exchange, repository, Digest.parse(mount.get()), algorithm);
    } else if (query.has("digest")) {
      Digest digest = Digest.parse(query.text("digest").orElse(""));
      exchange.when(
          UploadRequest.invite(exchange)
              .compose(ignored -> uploads.ingest(repository, digest, body, exchange.actor())),
          ignored -> Replies.blobCreated(exchange, repository, digest));
    } else {
      open(exchange, repository, algorithm);
    }
  }

  private void mount(
      Exchange exchange, RepositoryName repository, Digest digest, DigestAlgorithm algorithm) {
    Optional<RepositoryName> from = exchange.query().text("from").map(RepositoryName::parse);
    RepositoryFilter readable = exchange.caller().rights().repositories(Permission.PULL);
    exchange.when(
        blobs.mount(repository, digest, from, readable, exchange.actor()),
        mounted -> {
          if (mounted) {
            Replies.blobCreated(exchange, repository, digest);
          } else {
            open(exchange, repository, algorithm);
          }
        });
  }

  private void open(Exchange exchange, RepositoryName repository, DigestAlgorithm algorithm) {
    exchange.when(
        uploads.start(repository, algorithm, exchange.actor()),
        id -> {
          new UploadReplies(exchange, uploads, repository, id).progress(202, 0);
          exchange.dropBody();
        });
  }
}
