package io.slipway.blob.s3;

import io.slipway.blob.S3Config;
import io.slipway.blob.S3Config.Encryption;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** The objects of one bucket, by keys without the configured prefix. Its futures are the SDK's. */
final class S3Bucket {
  private final S3AsyncClient client;
  private final String bucket;
  private final String prefix;
  private final S3Config config;

  S3Bucket(S3AsyncClient client, S3Config config, String bucket) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = config.prefix();
    this.config = config;
  }

  S3AsyncClient client() {
    return client;
  }

  String name() {
    return bucket;
  }

  S3Config config() {
    return config;
  }

  /** Returns a key as the server knows it. */
  String full(String key) {
    return prefix + key;
  }

  /** Returns a key of ours. */
  String own(String fullKey) {
    return fullKey.substring(prefix.length());
  }

  /** Writes an object of bytes that do not change before the future completes. */
  CompletableFuture<Void> put(String key, List<ByteBuffer> bytes) {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(bucket).key(full(key));
    if (config.sse() != Encryption.NONE) {
      request.serverSideEncryption(encryption()).ssekmsKeyId(config.sseKmsKeyId());
    }
    return client.putObject(request.build(), new PartBody(bytes)).thenApply(ignored -> null);
  }

  ServerSideEncryption encryption() {
    return config.sse() == Encryption.KMS
        ? ServerSideEncryption.AWS_KMS
        : ServerSideEncryption.AES256;
  }

  /** Returns the value of a {@code Range} header. */
  static String range(long offset, long length) {
    return "bytes=" + offset + "-" + (offset + length - 1);
  }

  /** Reads a small part of an object into memory. */
  CompletableFuture<ByteBuffer> read(String key, long offset, int length) {
    return client
        .getObject(
            request -> request.bucket(bucket).key(full(key)).range(range(offset, length)),
            AsyncResponseTransformer.toBytes())
        .thenApply(bytes -> bytes.asByteBuffer());
  }

  /** Returns the size of an object; empty when there is none. */
  CompletableFuture<OptionalLong> size(String key) {
    return client
        .headObject(request -> request.bucket(bucket).key(full(key)))
        .handle(
            (found, failure) -> {
              if (failure == null) {
                return OptionalLong.of(contentLength(found));
              }
              if (S3Failures.isMissing(failure)) {
                return OptionalLong.empty();
              }
              throw S3Failures.rethrow(S3Failures.cause(failure));
            });
  }

  private static long contentLength(HeadObjectResponse found) {
    return found.contentLength() == null ? -1 : found.contentLength();
  }

  /** Copies an object of at most 5 GB within the bucket. */
  CompletableFuture<Void> copy(String from, String to) {
    CopyObjectRequest.Builder request =
        CopyObjectRequest.builder()
            .sourceBucket(bucket)
            .sourceKey(full(from))
            .destinationBucket(bucket)
            .destinationKey(full(to));
    if (config.sse() != Encryption.NONE) {
      request.serverSideEncryption(encryption()).ssekmsKeyId(config.sseKmsKeyId());
    }
    return client.copyObject(request.build()).thenApply(ignored -> null);
  }

  /** Deletes an object; nothing happens when there is none. */
  CompletableFuture<Void> delete(String key) {
    return client
        .deleteObject(request -> request.bucket(bucket).key(full(key)))
        .thenApply(ignored -> null);
  }

  /**
   * Lists a page of at most 1000 keys.
   *
   * @param after the last key of the page before; empty for the first page
   */
  CompletableFuture<ListObjectsV2Response> list(String keyPrefix, String after) {
    return client.listObjectsV2(
        request -> {
          request.bucket(bucket).prefix(full(keyPrefix));
          if (!after.isEmpty()) {
            request.startAfter(full(after));
          }
        });
  }

  /** Lists the page that another one leads to. */
  CompletableFuture<ListObjectsV2Response> listOn(String keyPrefix, String token) {
    return client.listObjectsV2(
        request -> request.bucket(bucket).prefix(full(keyPrefix)).continuationToken(token));
  }
}
