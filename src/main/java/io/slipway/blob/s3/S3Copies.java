package io.slipway.blob.s3;

import io.slipway.blob.CopyStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Keeps copies of tags and manifests as objects beside the blobs. */
final class S3Copies implements CopyStore {
  private final S3Bucket bucket;
  private final Steps steps;

  S3Copies(S3Bucket bucket, Steps steps) {
    this.bucket = bucket;
    this.steps = steps;
  }

  @Override
  public Future<Void> put(String key, Buffer content) {
    return steps.one(
        () ->
            S3Failures.get(
                bucket.put(key, List.of(ByteBuffer.wrap(content.getBytes()))),
                "write the copy " + key));
  }

  @Override
  public Future<Void> delete(String key) {
    return steps.one(() -> S3Failures.get(bucket.delete(key), "delete the copy " + key));
  }

  @Override
  public Future<List<String>> list(String folder) {
    return steps.one(() -> names(folder + "/"));
  }

  private List<String> names(String prefix) throws InterruptedException {
    ObjectListing listing = new ObjectListing(bucket, prefix);
    List<String> names = new ArrayList<>();
    String after = "";
    ListObjectsV2Response page;
    do {
      page = listing.after(after);
      for (S3Object object : page.contents()) {
        after = bucket.own(object.key());
        String name = after.substring(prefix.length());
        if (name.indexOf('/') < 0) {
          names.add(name);
        }
      }
    } while (ObjectListing.hasMore(page));
    return names;
  }
}
