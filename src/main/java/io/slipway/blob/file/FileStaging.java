package io.slipway.blob.file;

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
final class FileStaging implements Staging {
  private final FileFolder folder;

  FileStaging(FileFolder folder) {
    this.folder = folder;
  }

  @Override
  public StagedUpload create(String id, DigestAlgorithm algorithm) {
    return new FileStagedUpload(folder, id, algorithm);
  }

  @Override
  public Future<StagedUpload> reopen(String id, DigestAlgorithm algorithm, long size) {
    return new FileStagedUpload(folder, id, algorithm).reopen(size);
  }

  @Override
  public Future<Long> leftBehind(String id) {
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
    return new SerialWork(folder.threads());
  }
}
