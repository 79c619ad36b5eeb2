package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Ends sessions well: seal, publish, name – each step repeatable, for its answer may have been
 * lost.
 */
final class UploadCompletion {
  private final Uploads uploads;
  private final BlobLinks links;
  private final Staging staging;
  private final UploadSessions sessions;

  UploadCompletion(Uploads uploads, BlobLinks links, Staging staging, UploadSessions sessions) {
    this.uploads = uploads;
    this.links = links;
    this.staging = staging;
    this.sessions = sessions;
  }

  /** Completes a session whose digest was found right. */
  Future<Void> complete(Writing writing, Digest digest, Actor actor) {
    UploadRow row = writing.row();
    StagedUpload staged = writing.staged();
    return staged
        .sync()
        .recover(cause -> isPassing(cause) ? leave(row, staged, cause) : close(row, cause))
        .compose(ignored -> seal(row, staged, digest))
        .compose(
            ours ->
                ours
                    ? publish(row, staged, staged.size(), digest, actor)
                    : Future.failedFuture(UploadFailures.unknown("finish", row.id())));
  }

  /** A shared store knows what it has, even when it is full. */
  private boolean isPassing(Throwable cause) {
    return UploadFailures.isPassing(cause) || (staging.isShared() && UploadFailures.isFull(cause));
  }

  /**
   * After a failed sync nobody knows which bytes are on the disk, and a second one may not fail.
   */
  private <T> Future<T> close(UploadRow row, Throwable cause) {
    return uploads
        .close(row.id(), row.repository())
        .transform(ignored -> Future.failedFuture(cause));
  }

  /** A session that could not be sealed is still open, and must not wait for this writer. */
  private Future<Boolean> seal(UploadRow row, StagedUpload staged, Digest digest) {
    return uploads
        .seal(row.id(), row.epoch(), Progress.of(staged), digest)
        .recover(cause -> leave(row, staged, cause));
  }

  /** Records what is stored, so that the client can try again. */
  private <T> Future<T> leave(UploadRow row, StagedUpload staged, Throwable cause) {
    return uploads
        .checkpoint(row.id(), row.epoch(), Progress.of(staged), true)
        .transform(ignored -> Future.failedFuture(cause));
  }

  /**
   * Answers a request to finish a session that is no longer open: it may be the second of its kind.
   *
   * @param asked whether it waited for another node already
   */
  Future<Void> repeat(
      RepositoryName repository,
      String id,
      Digest digest,
      OptionalLong start,
      Actor actor,
      boolean asked) {
    return sessions
        .find(repository, id)
        .compose(
            found -> {
              Optional<UploadRow> same =
                  found.filter(row -> row.digest().equals(Optional.of(digest)));
              if (same.isEmpty()) {
                return sessions.explain(repository, id, start, asked);
              }
              UploadRow row = same.get();
              return row.state() == UploadRow.State.FINISHED
                  ? Future.succeededFuture()
                  : publishSealed(row, digest, actor);
            });
  }

  /**
   * Publishes and names the bytes of a sealed session, which are durable, verified and as many as
   * its row says.
   */
  Future<Void> publishSealed(UploadRow row, Digest digest, Actor actor) {
    StagedUpload synced = staging.reopenSynced(row.id(), row.algorithm(), Progress.ofRow(row));
    return publish(row, synced, row.size(), digest, actor);
  }

  private Future<Void> publish(
      UploadRow row, StagedUpload staged, long size, Digest digest, Actor actor) {
    return staged
        .publish(digest, naming(row, size, digest, actor))
        // Bytes that could only be verified now are wrong: there is nothing to go on with.
        .recover(
            cause ->
                cause instanceof RegistryException refused
                        && refused.code() == ErrorCode.DIGEST_INVALID
                    ? close(row, cause)
                    : Future.failedFuture(cause))
        .compose(
            named -> {
              if (!named) {
                return alreadyFinished(row, digest);
              }
              sessions.forget(row.id());
              return Future.succeededFuture();
            });
  }

  /** Of two requests that finish one session at once the other may have been first. */
  private Future<Void> alreadyFinished(UploadRow row, Digest digest) {
    return sessions
        .find(row.repository(), row.id())
        .compose(
            found ->
                found
                        .filter(now -> now.state() == UploadRow.State.FINISHED)
                        .filter(now -> now.digest().equals(Optional.of(digest)))
                        .isPresent()
                    ? Future.succeededFuture()
                    : Future.failedFuture(UploadFailures.unknown("finish", row.id())));
  }

  private StagedUpload.Naming naming(UploadRow row, long size, Digest digest, Actor actor) {
    return new StagedUpload.Naming() {
      @Override
      public Future<Boolean> name(String location) {
        return uploads.finish(row, new StoredBlob(digest, size, location), actor);
      }

      @Override
      public Future<Boolean> isNamed() {
        return links.isNamed(digest);
      }
    };
  }
}
