package io.slipway.blob.cache;

import io.slipway.blob.FolderLock;
import io.slipway.oci.Digest;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The folder of the cache, for one process at a time. A file in {@code blobs} is whole, for it was
 * hashed and synced before it got its name there; one in {@code fills} is on its way. Anything may
 * be deleted by anybody at any time. Every method blocks.
 */
final class CacheFolder {
  private final Path root;
  private final FolderLock lock;

  private CacheFolder(Path root, FolderLock lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Makes the folder if there is none, takes it and deletes the unfinished files in it.
   *
   * @throws IOException with a sentence for people when it cannot be used, or another process uses
   *     it
   */
  static CacheFolder take(Path path) throws IOException {
    Path root = path.toAbsolutePath().normalize();
    FolderLock lock = lock(root);
    CacheFolder folder = new CacheFolder(root, lock);
    try {
      folder.deleteUnfinished();
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    return folder;
  }

  private static FolderLock lock(Path root) throws IOException {
    Optional<FolderLock> taken;
    try {
      taken = FolderLock.take(root);
    } catch (IOException e) {
      throw new IOException(
          "tried to use the cache folder " + root + " but it cannot be written to: " + e, e);
    }
    return taken.orElseThrow(
        () ->
            new IOException(
                "tried to use the cache folder " + root + " but another registry is using it"));
  }

  private void deleteUnfinished() throws IOException {
    Path fills = Files.createDirectories(root.resolve("fills"));
    try (Stream<Path> files = Files.list(fills)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  Path root() {
    return root;
  }

  /** Returns where a blob is, if it is there. */
  Path file(Digest digest) {
    String hex = digest.hex();
    return root.resolve("blobs")
        .resolve(digest.algorithm().id())
        .resolve(hex.substring(0, 2))
        .resolve(hex);
  }

  /** Makes the name of a file that nobody else has, and its folder. */
  Path unfinished() throws IOException {
    return Files.createDirectories(root.resolve("fills")).resolve(UUID.randomUUID().toString());
  }

  /** Gives a file that is whole and synced the name of a blob. */
  void publish(Path file, Digest digest) throws IOException {
    Path named = file(digest);
    Files.createDirectories(named.getParent());
    Files.move(file, named, StandardCopyOption.ATOMIC_MOVE);
  }

  boolean has(Digest digest, long size) {
    Path file = file(digest);
    try {
      return Files.size(file) == size && Files.isReadable(file);
    } catch (IOException e) {
      return false;
    }
  }

  void delete(Digest digest) throws IOException {
    Files.deleteIfExists(file(digest));
  }

  /** Writes on a file when it was last used, by which the next process goes. */
  void touch(Digest digest, Instant used) throws IOException {
    Files.setLastModifiedTime(file(digest), FileTime.from(used));
  }

  /**
   * Finds the blobs that are there; what else lies there is left alone.
   *
   * @param ended asked now and then whether to stop
   */
  List<CacheIndex.Kept> scan(BooleanSupplier ended) throws IOException {
    List<CacheIndex.Kept> found = new ArrayList<>();
    Path blobs = Files.createDirectories(root.resolve("blobs"));
    Files.walkFileTree(
        blobs,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              digest(file)
                  .map(
                      digest ->
                          new CacheIndex.Kept(
                              digest, attributes.size(), attributes.lastModifiedTime().toInstant()))
                  .ifPresent(found::add);
            }
            return ended.getAsBoolean() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException cause) {
            // Somebody deletes files at the same time.
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** Reads the name of a file; empty unless it is just where that blob belongs. */
  private Optional<Digest> digest(Path file) {
    Path algorithm = file.resolve("../..").normalize().getFileName();
    return Digest.find(algorithm + ":" + file.getFileName())
        .filter(digest -> file(digest).equals(file));
  }

  /** Gives the folder free. */
  void close() {
    try {
      lock.close();
    } catch (IOException ignored) {
      // The lock ends with the process at the latest.
    }
  }
}
