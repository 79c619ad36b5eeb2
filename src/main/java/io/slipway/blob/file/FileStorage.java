package io.slipway.blob.file;

import io.slipway.blob.BlobStorage;
import io.slipway.blob.BlobStore;
import io.slipway.blob.BlobTurns;
import io.slipway.blob.CopyStore;
import io.slipway.blob.PublishedBlobs;
import io.slipway.blob.Staging;
import io.slipway.blob.StorageReserve;
import io.slipway.blob.StoreContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The data folder of one process: the door to everything in this package. */
public final class FileStorage implements BlobStorage {
  private static final int CLOSE_SECONDS = 10;

  private final ExecutorService threads;
  private final StorageReserve reserve;
  private final Staging staging;
  private final BlobStore blobs;
  private final CopyStore copies;
  private final StoreContents contents;
  private final PublishedBlobs published;
  private final BlobTurns turns;

  private FileStorage(FileFolder folder, ExecutorService threads) {
    this.threads = threads;
    this.reserve = folder.reserve();
    this.staging = new FileStaging(folder);
    this.blobs = new FileBlobStore(folder);
    this.copies = new CopyFiles(folder);
    this.contents = new FileContents(folder);
    this.published = new PublishedFiles(folder);
    this.turns = new FileTurns(folder.locks());
  }

  /**
   * Opens a data folder and makes what is missing in it. Blocks.
   *
   * @param reserve bytes of its file system that pushes leave free
   * @throws IOException when it cannot be written
   */
  public static FileStorage open(Path root, long reserve) throws IOException {
    FileLayout layout = FileLayout.create(root);
    // Hashing takes a core, syncing waits for the disk: more threads than cores keep both busy.
    int count = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().name("slipway-files-", 0).daemon().factory());
    FileReserve free = new FileReserve(Files.getFileStore(layout.root()), reserve, threads);
    return new FileStorage(new FileFolder(layout, free, new DigestLocks(), threads), threads);
  }

  @Override
  public StorageReserve reserve() {
    return reserve;
  }

  @Override
  public Staging staging() {
    return staging;
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public CopyStore copies() {
    return copies;
  }

  @Override
  public StoreContents contents() {
    return contents;
  }

  public PublishedBlobs published() {
    return published;
  }

  public BlobTurns turns() {
    return turns;
  }

  /** Ends its threads when what they do is done. Blocks, at most ten seconds. */
  @Override
  public void close() throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      threads.shutdownNow();
    }
  }
}
