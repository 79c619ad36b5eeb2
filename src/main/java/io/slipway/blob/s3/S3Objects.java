package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Copies, lists and deletes objects for the housekeeping of a bucket. */
final class S3Objects implements ObjectStore {
  /** Copies of another node that are older have died. */
  private static final Duration COPY = Duration.ofHours(1);

  /** What is copied at once within S3, in parts of an upload: nothing goes over the network. */
  private static final int PARTS = 8;

  private static final int PARALLEL = 8;

  /** S3 copies at most 5 GiB in one request. */
  private static final long MOST_AT_ONCE = 4L * 1024 * 1024 * 1024;

  private final S3Bucket bucket;
  private final long atOnce;
  private final S3Multiparts multiparts;
  private final DeleteSignatures deletes;
  private final Steps steps;

  S3Objects(S3Bucket bucket, S3Clients clients, Steps steps) {
    this.bucket = bucket;
    this.atOnce = copiedAtOnce(bucket.config().partSize().bytes());
    this.multiparts = new S3Multiparts(bucket);
    this.deletes = new DeleteSignatures(bucket, clients, steps, new MultiDeleteSupport());
    this.steps = steps;
  }

  @Override
  public String home(Digest digest) {
    return "blobs/" + digest.algorithm().id() + "/" + digest.hex();
  }

  @Override
  public Future<Void> copy(String from, String to, long size) {
    return steps.one(
        () -> {
          if (size <= atOnce) {
            copied(bucket.copy(from, to), from);
          } else {
            copyInParts(from, to, size);
          }
          OptionalLong copied = S3Failures.get(bucket.size(to), "find " + to);
          if (copied.isEmpty() || copied.getAsLong() != size) {
            throw new IllegalStateException(
                "copied " + from + " to " + to + " but expected " + size + " and found " + copied);
          }
          return null;
        });
  }

  /** Returns how many bytes a request copies, at least when there are so many. */
  static long copiedAtOnce(long partSize) {
    return Math.min(MOST_AT_ONCE, PARTS * partSize);
  }

  private void copyInParts(String from, String to, long size) throws InterruptedException {
    Instant dead = Instant.now().minus(COPY);
    for (MultipartUpload earlier : S3Failures.get(multiparts.list(to), "list the copies " + to)) {
      if (earlier.initiated().isBefore(dead)) {
        S3Failures.get(multiparts.abort(to, earlier.uploadId()), "abort a copy to " + to);
      }
    }
    // 10 000 parts suffice for anything that came in 10 000 parts.
    long part = Math.max(atOnce, Math.ceilDiv(size, S3Multiparts.MAX_PARTS));
    String id = S3Failures.get(multiparts.create(to), "relocate " + from);
    try {
      List<Layout.Part> parts = new ArrayList<>();
      for (long offset = 0; offset < size; offset += part * PARALLEL) {
        parts.addAll(
            copyParts(from, to, id, offset, Math.min(size, offset + part * PARALLEL), part));
      }
      S3Failures.get(multiparts.complete(to, id, parts), "relocate " + from);
    } catch (InterruptedException | RuntimeException e) {
      CompletableFuture<Void> _ = multiparts.abort(to, id);
      throw e;
    }
  }

  private List<Layout.Part> copyParts(
      String from, String to, String id, long begin, long end, long part)
      throws InterruptedException {
    List<CompletableFuture<Layout.Part>> copies = new ArrayList<>();
    for (long offset = begin; offset < end; offset += part) {
      int number = Math.toIntExact(offset / part) + 1;
      long length = Math.min(part, end - offset);
      copies.add(
          multiparts
              .copyRange(to, id, number, from, offset, length)
              .thenApply(tag -> new Layout.Part(number, tag, length)));
    }
    List<Layout.Part> parts = new ArrayList<>();
    for (CompletableFuture<Layout.Part> copy : copies) {
      parts.add(copied(copy, from));
    }
    return parts;
  }

  private static <T> T copied(CompletableFuture<T> request, String from)
      throws InterruptedException {
    return S3Failures.get(
        request.exceptionally(
            failure -> {
              throw S3Failures.isMissingKey(failure)
                  ? new RegistryException(
                      ErrorCode.BLOB_UNKNOWN, "tried to relocate " + from + " but nothing is there")
                  : S3Failures.rethrow(S3Failures.cause(failure));
            }),
        "relocate " + from);
  }

  @Override
  public int deletedAtOnce() {
    return deletes.atOnce();
  }

  @Override
  public Future<List<SignedDelete>> sign(List<String> keys) {
    return steps.one(() -> deletes.sign(keys));
  }

  @Override
  public Future<Page> list(String folder, String after, Instant olderThan) {
    return steps.one(
        () -> {
          ListObjectsV2Response page = new ObjectListing(bucket, folder).after(after);
          List<String> keys =
              page.contents().stream()
                  .filter(object -> object.lastModified().isBefore(olderThan))
                  .map(object -> bucket.own(object.key()))
                  .toList();
          return new Page(
              keys, ObjectListing.hasMore(page) ? bucket.own(page.contents().getLast().key()) : "");
        });
  }

  @Override
  public Future<UnfinishedPage> unfinished(String folder, Unfinished after, Instant olderThan) {
    return steps.one(
        () -> {
          ListMultipartUploadsResponse page =
              S3Failures.get(multiparts.list(folder, after), "list the uploads below " + folder);
          List<Unfinished> uploads =
              page.uploads().stream()
                  .filter(upload -> upload.initiated().isBefore(olderThan))
                  .map(upload -> new Unfinished(bucket.own(upload.key()), upload.uploadId()))
                  .toList();
          boolean more = Boolean.TRUE.equals(page.isTruncated()) && page.hasUploads();
          if (!more) {
            return new UnfinishedPage(uploads, Unfinished.NONE);
          }
          MultipartUpload last = page.uploads().getLast();
          return new UnfinishedPage(
              uploads, new Unfinished(bucket.own(last.key()), last.uploadId()));
        });
  }

  @Override
  public Future<Void> abort(Unfinished upload) {
    return steps.one(
        () ->
            S3Failures.get(
                multiparts.abort(upload.key(), upload.id()), "abort an upload to " + upload.key()));
  }
}
