package io.slipway.blob.s3;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Reads published blobs from S3 and deletes them there. */
final class S3BlobStore implements BlobStore {
  private final Vertx vertx;
  private final S3Bucket bucket;
  private final S3Reads reads;
  private final Steps steps;

  S3BlobStore(Vertx vertx, S3Bucket bucket, S3Reads reads, Steps steps) {
    this.vertx = vertx;
    this.bucket = bucket;
    this.reads = reads;
    this.steps = steps;
  }

  /** Asks S3 for nothing yet: who sends the bytes knows which. */
  @Override
  public Future<BlobContent> open(BlobPlace place, long size) {
    return Future.succeededFuture(new S3BlobContent(vertx, reads, place));
  }

  /** For keys that nothing will ever name again; others are deleted through the trash. */
  @Override
  public Future<Boolean> delete(String location) {
    return steps.one(
        () -> {
          boolean there =
              S3Failures.get(bucket.size(location), "find the blob " + location).isPresent();
          S3Failures.get(bucket.delete(location), "delete the blob " + location);
          return there;
        });
  }
}
