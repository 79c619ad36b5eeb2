package io.slipway.blob.s3;

import io.slipway.blob.CopyStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

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
    List<String> names = new ArrayList<>();
    String after = "";
    boolean more;
    do {
      ListObjectsV2Response page =
          S3Failures.get(bucket.list(prefix, after), "list the copies below " + prefix);
      for (var object : page.contents()) {
        after = bucket.own(object.key());
        String name = after.substring(prefix.length());
        if (name.indexOf('/') < 0) {
          names.add(name);
        }
      }
      more = Boolean.TRUE.equals(page.isTruncated());
      if (more && page.contents().isEmpty()) {
        // Nothing in it tells where to go on, and what is not listed looks as if it were not there.
        throw new IllegalStateException(
            "tried to list the copies below " + prefix + " but S3 sent an empty page of more");
      }
    } while (more);
    return names;
  }
}
