package io.slipway.blob.s3;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A blob in the bucket; asks S3 for nothing before somebody reads. */
record S3Content(
    Vertx vertx, S3Bucket bucket, S3Clients clients, ReadSlots slots, BlobPlace place, Steps steps)
    implements BlobContent.Streamed {
  /** Shorter than the hour for which a key that was left is kept. */
  private static final Duration SIGNED_FOR = Duration.ofMinutes(20);

  @Override
  public Future<BlobStream> read(long offset, long length) {
    return new S3Stream(vertx.getOrCreateContext(), bucket, slots, place, offset, length).open();
  }

  @Override
  public Optional<Future<URI>> elsewhere() {
    // Credentials may have to be fetched before.
    return bucket.config().redirect() ? Optional.of(steps.one(this::sign)) : Optional.empty();
  }

  private URI sign() {
    String key = bucket.full(place.location());
    return URI.create(
        clients
            .redirects()
            .presignGetObject(
                get ->
                    get.signatureDuration(SIGNED_FOR)
                        .getObjectRequest(object -> object.bucket(bucket.name()).key(key)))
            .url()
            .toString());
  }
}
