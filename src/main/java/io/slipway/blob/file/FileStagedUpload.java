package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stages one upload in a file. Its fields belong to the thread that runs its steps, one at a time.
 */
final class FileStagedUpload implements StagedUpload {
  /** So many bytes go to the disk while more arrive, for the client waits for what is left. */
  private static final long SYNC_AHEAD = 16 * 1024 * 1024;

  private final FileFolder folder;
  private final Path path;
  private final DigestAlgorithm algorithm;
  private final SerialWork work;

  private MessageDigest hash;
  private @Nullable FileChannel channel;
  private volatile long size;
  private long syncAsked;
  private final Lock syncing = new ReentrantLock();
  private @Nullable IOException syncFailure;

  FileStagedUpload(FileFolder folder, String id, DigestAlgorithm algorithm) {
    this.folder = folder;
    this.path = folder.layout().upload(id);
    this.algorithm = algorithm;
    this.work = new SerialWork(folder.threads(), StorageFailures::translate);
    this.hash = algorithm.newMessageDigest();
  }

  /** Takes over a file of an earlier life of the process. */
  Future<StagedUpload> reopen(long size) {
    return work.run(
        () -> {
          rehash(size);
          return this;
        });
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public StagedProgress progress() {
    return new StagedProgress(size, 1, null);
  }

  @Override
  public void begin(WriterTurn turn, long expected) {
    // One process owns the folder: its queue of steps is what keeps turns apart.
  }

  @Override
  public Future<Void> append(List<Buffer> batch) {
    return run(() -> write(batch));
  }

  private void write(List<Buffer> batch) throws IOException {
    long length = batch.stream().mapToLong(Buffer::length).sum();
    folder.reserve().check(length);
    FileChannel file = open();
    MessageDigest before = copyOfHash();
    try {
      WriteBuffer.write(file, size, batch, hash::update);
    } catch (IOException e) {
      // What was written of the batch does not count, and would be in the way.
      hash = before;
      file.truncate(size);
      throw e;
    }
    long end = size + length;
    size = end;
    if (end - syncAsked >= SYNC_AHEAD) {
      syncAsked = end;
      askToSync(file);
    }
  }

  private void askToSync(FileChannel file) {
    try {
      folder.threads().execute(() -> syncAhead(file));
    } catch (RejectedExecutionException e) {
      // The process is about to end; who finishes an upload syncs it then.
    }
  }

  private void syncAhead(FileChannel file) {
    // When the disk is the slower part, one thread that waits for it is enough.
    if (syncing.tryLock()) {
      try {
        file.force(false);
      } catch (ClosedChannelException e) {
        // Closed since: there is nothing left to do.
      } catch (IOException e) {
        // The system tells a failed write once, and the one who needs to know comes later.
        syncFailure = e;
      } finally {
        syncing.unlock();
      }
    }
  }

  private FileChannel open() throws IOException {
    FileChannel file = channel;
    if (file == null) {
      file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel = file;
    }
    return file;
  }

  @Override
  public Future<Void> truncate(long to) {
    return run(
        () -> {
          if (to != size) {
            open().truncate(to);
            rehash(to);
          }
        });
  }

  private void rehash(long to) throws IOException {
    hash = folder.hash(path, algorithm, to);
    size = to;
    syncAsked = to;
    if (Files.exists(path) && Files.size(path) > to) {
      open().truncate(to);
    }
  }

  @Override
  public Future<Optional<Digest>> digest(DigestAlgorithm wanted) {
    return work.run(
        () -> {
          if (wanted != algorithm) {
            return Optional.of(Digest.of(wanted, folder.hash(path, wanted, size)));
          }
          return Optional.of(Digest.of(algorithm, copyOfHash()));
        });
  }

  /** Ending a computation resets it, and the session may go on after a wrong digest. */
  private MessageDigest copyOfHash() throws IOException {
    try {
      return (MessageDigest) hash.clone();
    } catch (CloneNotSupportedException e) {
      return folder.hash(path, algorithm, size);
    }
  }

  @Override
  public Future<Void> sync() {
    return run(
        () -> {
          syncing.lock();
          try {
            force();
          } finally {
            syncing.unlock();
          }
          close();
        });
  }

  /** Once this has failed it fails for ever: nobody knows what the system has forgotten. */
  private void force() throws IOException {
    if (syncFailure == null) {
      try {
        // An empty blob has had no write that would have made its file.
        open().force(true);
      } catch (IOException e) {
        syncFailure = e;
      }
    }
    if (syncFailure != null) {
      // A later process would read what the disk does not have, and its own sync would succeed.
      Files.deleteIfExists(path);
      throw syncFailure;
    }
  }

  @Override
  public Future<Void> release() {
    return run(this::close);
  }

  private void close() throws IOException {
    FileChannel file = channel;
    channel = null;
    if (file != null) {
      file.close();
    }
  }

  @Override
  public Future<Boolean> publish(Digest digest, Naming naming) {
    String location = FileLayout.location(digest);
    return folder
        .locks()
        .hold(
            digest,
            () ->
                run(() -> moveTo(folder.layout().file(location)))
                    .compose(ignored -> naming.name(location))
                    .transform(
                        named ->
                            named.succeeded() && named.result()
                                ? Future.succeededFuture(true)
                                : takeBack(location, naming)
                                    .transform(
                                        ignored ->
                                            named.succeeded()
                                                ? Future.succeededFuture(false)
                                                : Future.failedFuture(named.cause()))));
  }

  private void moveTo(Path file) throws IOException {
    try {
      Files.move(path, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException e) {
      if (!Files.exists(file)) {
        throw new RegistryException(
            ErrorCode.BLOB_UPLOAD_UNKNOWN, "tried to finish the upload but its bytes are gone");
      }
      // An earlier try moved them, and could not name them.
    }
    FileLayout.syncDirectory(FileLayout.folderOf(file));
  }

  /**
   * Bytes that nobody names go back, so that the client may try again; others stay where they are
   * needed, and so do those of which that cannot be told.
   */
  private Future<Void> takeBack(String location, Naming naming) {
    return naming
        .isNamed()
        .compose(
            named ->
                named
                    ? Future.succeededFuture()
                    : run(
                        () ->
                            Files.move(
                                folder.layout().file(location),
                                path,
                                StandardCopyOption.ATOMIC_MOVE)));
  }

  private Future<Void> run(Step step) {
    return work.run(
            () -> {
              step.run();
              return true;
            })
        .mapEmpty();
  }

  /** A step that blocks on the file system. */
  private interface Step {
    void run() throws IOException;
  }
}
