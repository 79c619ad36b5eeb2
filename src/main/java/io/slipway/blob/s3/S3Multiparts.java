package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore.Unfinished;
import io.slipway.blob.S3Config.Encryption;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The multipart uploads of one bucket. Its futures are the SDK's. */
final class S3Multiparts {
  /** The largest number a part may have. */
  static final int MAX_PARTS = 10_000;

  private final S3Bucket bucket;
  private final S3AsyncClient client;

  S3Multiparts(S3Bucket bucket) {
    this.bucket = bucket;
    this.client = bucket.client();
  }

  /** Begins an upload and returns its id. */
  CompletableFuture<String> create(String key) {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder().bucket(bucket.name()).key(bucket.full(key));
    if (bucket.config().sse() != Encryption.NONE) {
      request.serverSideEncryption(bucket.encryption()).ssekmsKeyId(bucket.config().sseKmsKeyId());
    }
    return client.createMultipartUpload(request.build()).thenApply(created -> created.uploadId());
  }

  /** Sends a part, whose bytes do not change before the future completes, and returns its tag. */
  CompletableFuture<String> upload(String key, String id, int number, List<ByteBuffer> bytes) {
    return client
        .uploadPart(
            part ->
                part.bucket(bucket.name()).key(bucket.full(key)).uploadId(id).partNumber(number),
            new PartBody(bytes))
        .thenApply(uploaded -> uploaded.eTag());
  }

  /** Makes a part of another object and returns its tag. */
  CompletableFuture<String> copy(String key, String id, int number, String source) {
    return copy(key, id, number, source, null);
  }

  /**
   * Makes a part of bytes of another object and returns its tag.
   *
   * @param source of more than 5 MB, or AWS may refuse
   */
  CompletableFuture<String> copyRange(
      String key, String id, int number, String source, long offset, long length) {
    return copy(key, id, number, source, "bytes=" + offset + "-" + (offset + length - 1));
  }

  private CompletableFuture<String> copy(
      String key, String id, int number, String source, @Nullable String range) {
    return client
        .uploadPartCopy(
            part ->
                part.destinationBucket(bucket.name())
                    .destinationKey(bucket.full(key))
                    .uploadId(id)
                    .partNumber(number)
                    .sourceBucket(bucket.name())
                    .sourceKey(bucket.full(source))
                    .copySourceRange(range))
        .thenApply(copied -> copied.copyPartResult().eTag());
  }

  /** Makes an object of parts. */
  CompletableFuture<Void> complete(String key, String id, List<Layout.Part> parts) {
    List<CompletedPart> completed =
        parts.stream()
            .map(part -> CompletedPart.builder().partNumber(part.number()).eTag(part.tag()).build())
            .toList();
    return client
        .completeMultipartUpload(
            request ->
                request
                    .bucket(bucket.name())
                    .key(bucket.full(key))
                    .uploadId(id)
                    .multipartUpload(upload -> upload.parts(completed)))
        .thenApply(ignored -> null);
  }

  /** Ends an upload that will not be completed; nothing happens when there is none. */
  CompletableFuture<Void> abort(String key, String id) {
    return client
        .abortMultipartUpload(
            request -> request.bucket(bucket.name()).key(bucket.full(key)).uploadId(id))
        .handle(
            (ignored, failure) -> {
              if (failure != null && !S3Failures.isMissing(failure)) {
                throw S3Failures.rethrow(S3Failures.cause(failure));
              }
              return null;
            });
  }

  /** Lists a page of at most 1000 uploads of a folder, after one or from the first. */
  CompletableFuture<ListMultipartUploadsResponse> list(String folder, Unfinished after) {
    return client.listMultipartUploads(
        request -> {
          request.bucket(bucket.name()).prefix(bucket.full(folder));
          if (!after.equals(Unfinished.NONE)) {
            request.keyMarker(bucket.full(after.key())).uploadIdMarker(after.id());
          }
        });
  }

  /** Lists the uploads of exactly this key: some servers find nothing by a prefix. */
  CompletableFuture<List<MultipartUpload>> list(String key) {
    String full = bucket.full(key);
    return client
        .listMultipartUploads(request -> request.bucket(bucket.name()).prefix(full))
        .thenApply(
            found -> found.uploads().stream().filter(one -> one.key().equals(full)).toList());
  }
}
