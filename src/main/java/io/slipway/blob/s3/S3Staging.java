package io.slipway.blob.s3;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Stages uploads as parts and objects below {@code uploads/}, each named by its session. */
final class S3Staging implements Staging {
  private final S3Bucket bucket;
  private final S3Multiparts multiparts;
  private final PartMemory memory;
  private final Steps steps;

  S3Staging(S3Bucket bucket, PartMemory memory, Steps steps) {
    this.bucket = bucket;
    this.multiparts = new S3Multiparts(bucket);
    this.memory = memory;
    this.steps = steps;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  private UploadObjects objects(String id) {
    return new UploadObjects(bucket, multiparts, id);
  }

  private long partSize() {
    return bucket.config().partSize().bytes();
  }

  private StagedUpload staged(String id, DigestAlgorithm algorithm, UploadMark mark) {
    return new S3StagedUpload(objects(id), memory, steps.queue(), algorithm, mark);
  }

  @Override
  public StagedUpload create(String id, DigestAlgorithm algorithm) {
    return staged(
        id, algorithm, new UploadMark(Layout.empty(partSize()), algorithm.newMessageDigest()));
  }

  /**
   * Asks S3 for nothing: the row tells what is stored, and the writer before may have left more.
   */
  @Override
  public Future<StagedUpload> reopen(
      String id, DigestAlgorithm algorithm, StagedProgress progress) {
    try {
      UploadMark mark = UploadMark.of(algorithm, progress, partSize());
      if (mark.size() != progress.size()) {
        throw new IllegalStateException(
            "expected " + progress.size() + " bytes, found " + mark.size());
      }
      return Future.succeededFuture(
          staged(id, algorithm, new UploadMark(mark.layout().asLittered(), mark.hash())));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public StagedUpload reopenSynced(String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return staged(id, algorithm, UploadMark.of(algorithm, progress, partSize()));
  }

  @Override
  public Future<Void> discard(String id) {
    return steps.one(
        () -> {
          objects(id).delete("");
          return null;
        });
  }

  @Override
  public Future<Void> tidy(String id, StagedProgress progress) {
    Buffer state = progress.state();
    if (state == null) {
      return Future.succeededFuture();
    }
    Layout layout = Layout.fromJson(new JsonObject(state));
    if (!layout.littered()) {
      return Future.succeededFuture();
    }
    return steps.one(
        () -> {
          String object = layout.object();
          objects(id).delete(object == null ? objects(id).key() : object);
          return null;
        });
  }

  /** Other nodes may be at work: what is left behind is a matter of rows and of the reaper. */
  @Override
  public Leftovers leftovers() {
    return new Leftovers() {
      @Override
      public Future<Long> size(String id) {
        return Future.succeededFuture(-1L);
      }

      @Override
      public Future<List<String>> list() {
        return Future.succeededFuture(List.of());
      }
    };
  }
}
