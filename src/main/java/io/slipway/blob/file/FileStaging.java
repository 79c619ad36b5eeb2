package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Stages uploads as files of one folder, each named by its session. */
final class FileStaging implements Staging, Staging.Leftovers {
  private final FileFolder folder;

  FileStaging(FileFolder folder) {
    this.folder = folder;
  }

  @Override
  public StagedUpload create(String id, DigestAlgorithm algorithm) {
    return new FileStagedUpload(folder, id, algorithm);
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Future<StagedUpload> reopen(
      String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return new FileStagedUpload(folder, id, algorithm).reopen(progress.size());
  }

  @Override
  public StagedUpload reopenSynced(String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return create(id, algorithm);
  }

  /** A file is all there ever is of an upload, and it was published. */
  @Override
  public Future<Void> tidy(String id, StagedProgress progress) {
    return Future.succeededFuture();
  }

  @Override
  public Leftovers leftovers() {
    return this;
  }

  @Override
  public Future<Long> size(String id) {
    return work()
        .run(
            () -> {
              try {
                return Files.size(folder.layout().upload(id));
              } catch (NoSuchFileException e) {
                return -1L;
              }
            });
  }

  @Override
  public Future<List<String>> list() {
    return work()
        .run(
            () -> {
              try (Stream<Path> files = Files.list(folder.layout().uploads())) {
                return files.map(file -> String.valueOf(file.getFileName())).toList();
              }
            });
  }

  @Override
  public Future<Void> discard(String id) {
    return work().run(() -> Files.deleteIfExists(folder.layout().upload(id))).mapEmpty();
  }

  private SerialWork work() {
    return new SerialWork(folder.threads(), StorageFailures::translate);
  }
}
