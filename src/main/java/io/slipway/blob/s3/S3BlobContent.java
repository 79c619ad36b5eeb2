package io.slipway.blob.s3;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.Optional;

/** A blob in the bucket; asks S3 for nothing before somebody reads. */
record S3BlobContent(Vertx vertx, S3Reads reads, BlobPlace place) implements BlobContent.Streamed {
  @Override
  public Future<BlobStream> read(long offset, long length) {
    return new S3Stream(vertx.getOrCreateContext(), reads, place, offset, length).open();
  }

  @Override
  public Optional<Future<URI>> elsewhere() {
    return reads.redirects() ? Optional.of(reads.redirect(place.location())) : Optional.empty();
  }
}
