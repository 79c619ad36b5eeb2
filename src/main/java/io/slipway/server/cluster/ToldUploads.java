package io.slipway.server.cluster;

import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.server.cluster.UploadBoard.Entry;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.OptionalLong;

/** Upload sessions whose changes are told to the other nodes once the database has them. */
record ToldUploads(Uploads uploads, UploadBoard board, String node) implements Uploads {
  private static final String NOBODY = "";

  @Override
  public Future<Boolean> open(
      String id, RepositoryName repository, DigestAlgorithm algorithm, Actor actor, int most) {
    return uploads.open(id, repository, algorithm, actor, most);
  }

  @Override
  public Future<Optional<UploadRow>> find(String id) {
    return uploads.find(id);
  }

  @Override
  public Future<Optional<UploadRow>> begin(
      String id, RepositoryName repository, OptionalLong start, String writer) {
    return uploads
        .begin(id, repository, start, writer)
        .onSuccess(begun -> begun.ifPresent(row -> board.tell(id, new Entry(node, row.size()))));
  }

  @Override
  public Future<Boolean> checkpoint(String id, long epoch, UploadProgress progress, boolean last) {
    return uploads
        .checkpoint(id, epoch, progress, last)
        .onSuccess(
            ours -> {
              if (ours) {
                board.tell(id, new Entry(last ? NOBODY : node, progress.size()));
              }
            });
  }

  @Override
  public Future<Boolean> seal(String id, long epoch, UploadProgress progress, Digest digest) {
    return uploads.seal(id, epoch, progress, digest).onSuccess(ours -> removeIf(ours, id));
  }

  @Override
  public Future<Boolean> finish(UploadRow upload, StoredBlob blob, Actor actor) {
    return uploads.finish(upload, blob, actor);
  }

  @Override
  public Future<Boolean> close(String id, RepositoryName repository) {
    return uploads.close(id, repository).onSuccess(closed -> removeIf(closed, id));
  }

  private void removeIf(boolean ended, String id) {
    if (ended) {
      board.remove(id);
    }
  }

  @Override
  public UploadHousekeeping housekeeping() {
    return uploads.housekeeping();
  }
}
