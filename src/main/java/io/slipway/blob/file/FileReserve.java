package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StorageReserve;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.FileStore;
import java.util.Map;
import java.util.concurrent.Executor;

/** Keeps part of the data folder's file system free. */
final class FileReserve implements StorageReserve {
  private final FileStore disk;
  private final long reserve;
  private final Executor threads;

  FileReserve(FileStore disk, long reserve, Executor threads) {
    this.disk = disk;
    this.reserve = reserve;
    this.threads = threads;
  }

  @Override
  public Future<Void> require(long bytes) {
    return new SerialWork(threads, StorageFailures::translate)
        .run(
            () -> {
              check(bytes);
              return true;
            })
        .mapEmpty();
  }

  /** Throws STORAGE_FULL when so many bytes more are too many. Blocks for one system call. */
  void check(long bytes) throws IOException {
    long usable = disk.getUsableSpace();
    if (usable - bytes < reserve) {
      throw new RegistryException(
          ErrorCode.STORAGE_FULL,
          "tried to store "
              + bytes
              + " bytes but only "
              + usable
              + " are free, of which storage.reserve keeps "
              + reserve,
          Map.of("free", usable, "reserve", reserve));
    }
  }
}
