package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.StoreContents;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** Shows what lies in the bucket to those who check the metadata, and puts aside what is wrong. */
final class S3Contents implements StoreContents {
  private static final String QUARANTINE = "quarantine/";
  private static final int PRECONDITION_FAILED = 412;

  private final S3Bucket bucket;
  private final ObjectStore objects;
  private final Steps steps;

  S3Contents(S3Bucket bucket, ObjectStore objects, Steps steps) {
    this.bucket = bucket;
    this.objects = objects;
    this.steps = steps;
  }

  @Override
  public Walk walk(String folder) {
    return new ListedWalk(folder + "/");
  }

  @Override
  public boolean hasUnmoved() {
    return true;
  }

  @Override
  public Future<Optional<Snapshot>> open(String key) {
    return steps.one(() -> look(key).map(found -> found));
  }

  private Optional<ObjectSnapshot> look(String key) throws InterruptedException {
    return S3Failures.get(
        head(key)
            .thenApply(found -> Optional.of(new ObjectSnapshot(key, Version.of(found))))
            .exceptionallyCompose(failure -> confirm(key, failure)),
        "find " + key);
  }

  /** A GET is answered by whom it asked: S3 says that it has no such object, a proxy does not. */
  private CompletableFuture<Optional<ObjectSnapshot>> confirm(String key, Throwable failure) {
    if (!S3Failures.isMissing(failure)) {
      return CompletableFuture.failedFuture(failure);
    }
    return bucket
        .read(key, 0, 1)
        .handle(
            (found, refused) -> {
              if (refused != null && S3Failures.isMissingKey(refused)) {
                return Optional.empty();
              }
              throw S3Failures.rethrow(S3Failures.cause(refused == null ? failure : refused));
            });
  }

  private CompletableFuture<HeadObjectResponse> head(String key) {
    return bucket
        .client()
        .headObject(request -> request.bucket(bucket.name()).key(bucket.full(key)));
  }

  /** Leaves the object where it is: it is deleted by the trash, whose rules others rely on. */
  @Override
  public Future<Boolean> quarantine(
      Digest digest,
      String key,
      Optional<Snapshot> snapshot,
      Function<String, Future<Boolean>> mark) {
    if (snapshot.isEmpty()) {
      return steps
          .one(() -> look(key))
          .compose(found -> found.isEmpty() ? mark.apply(key) : Future.succeededFuture(false));
    }
    ObjectSnapshot damaged = (ObjectSnapshot) snapshot.get();
    String name = digest.hex() + "." + System.currentTimeMillis();
    String aside = QUARANTINE + digest.algorithm().id() + "/" + name;
    return objects
        .copy(key, aside, damaged.size())
        // Afterwards: what was copied is what was read.
        .compose(ignored -> steps.one(() -> look(key)))
        .compose(
            found ->
                found.isPresent() && found.get().version.equals(damaged.version)
                    ? mark.apply(aside)
                    : Future.succeededFuture(false))
        .compose(
            marked ->
                marked
                    ? Future.succeededFuture(true)
                    : steps
                        .one(() -> S3Failures.get(bucket.delete(aside), "delete " + aside))
                        .map(false));
  }

  /** Goes on after the last key of the page before. */
  private final class ListedWalk implements Walk {
    private final ObjectListing listing;
    private String after = "";
    private boolean over;

    ListedWalk(String prefix) {
      this.listing = new ObjectListing(bucket, prefix);
    }

    @Override
    public Future<List<Entry>> next() {
      return steps.one(this::page);
    }

    private List<Entry> page() throws InterruptedException {
      if (over) {
        return List.of();
      }
      ListObjectsV2Response page = listing.after(after);
      List<Entry> entries =
          page.contents().stream()
              .map(
                  object ->
                      new Entry(bucket.own(object.key()), object.size(), object.lastModified()))
              .toList();
      over = !ObjectListing.hasMore(page);
      after = entries.isEmpty() ? after : entries.getLast().key();
      return entries;
    }

    @Override
    public Future<Void> close() {
      over = true;
      return Future.succeededFuture();
    }
  }

  /** What tells one object from another under the same key. */
  private record Version(@Nullable String tag, long size, @Nullable Instant changedAt) {
    static Version of(HeadObjectResponse found) {
      Long size = found.contentLength();
      return new Version(found.eTag(), size == null ? -1 : size, found.lastModified());
    }
  }

  /** An object in one version, which each request asks for. */
  private final class ObjectSnapshot implements Snapshot {
    private final String key;
    private final Version version;

    ObjectSnapshot(String key, Version version) {
      this.key = key;
      this.version = version;
    }

    @Override
    public long size() {
      return version.size();
    }

    @Override
    public Future<Integer> read(long offset, int length, Consumer<ByteBuffer> reader) {
      int wanted = (int) Math.min(length, Math.max(0, size() - offset));
      return wanted == 0
          ? Future.succeededFuture(0)
          : steps.one(() -> show(offset, wanted, reader));
    }

    private int show(long offset, int wanted, Consumer<ByteBuffer> reader)
        throws InterruptedException {
      CompletableFuture<ByteBuffer> bytes =
          bucket
              .client()
              .getObject(
                  request ->
                      request
                          .bucket(bucket.name())
                          .key(bucket.full(key))
                          .ifMatch(version.tag())
                          .range(S3Bucket.range(offset, wanted)),
                  AsyncResponseTransformer.toBytes())
              .thenApply(answer -> answer.asByteBuffer())
              .exceptionally(
                  failure -> {
                    throw isOther(failure) ? other() : S3Failures.rethrow(failure);
                  });
      ByteBuffer part = S3Failures.get(bytes, "read " + key);
      int count = part.remaining();
      reader.accept(part);
      return count;
    }

    private boolean isOther(Throwable failure) {
      return S3Failures.isMissingKey(failure)
          || (S3Failures.cause(failure) instanceof AwsServiceException answer
              && answer.statusCode() == PRECONDITION_FAILED);
    }

    private RegistryException other() {
      return new RegistryException(
          ErrorCode.BLOB_UNKNOWN, "tried to read " + key + " but it was replaced or deleted");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
