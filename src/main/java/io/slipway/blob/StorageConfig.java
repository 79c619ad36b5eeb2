package io.slipway.blob;

import io.slipway.runtime.AlsoFrom;
import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures where the bytes of blobs lie. */
public record StorageConfig(
    @Doc("What keeps the blobs.") @Default("filesystem") Backend backend,
    @Doc(
            "Folder of the blobs, unless they are in S3, and of the SQLite database unless database.url names another place.")
        @Default("./data")
        @AlsoFrom("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY")
        Path path,
    @Doc(
            "Space to leave free on the disk of the blobs; below it pushes are answered with 507 and pulls go on.")
        @Default("1GiB")
        DataSize reserve,
    @Doc("Whether clients may delete.") Delete delete,
    @Doc(
            "How long the bytes of a deleted blob are kept, for a database that is restored; 0s without it, 15m with backend: s3.")
        @Nullable Duration deleteAfter,
    @Doc("The bucket, with backend: s3.") S3Config s3,
    @Doc("What is kept nearer than in the database and the bucket.") StorageCacheConfig cache) {
  /** What keeps the blobs. */
  public enum Backend {
    FILESYSTEM,
    S3
  }

  /** Configures deletion by clients. */
  public record Delete(
      @Doc(
              "Whether clients may delete blobs, manifests and tags; false answers every DELETE with 405.")
          @Default("true")
          boolean enabled) {}

  public StorageConfig {
    Checks checks = new Checks();
    if (deleteAfter != null) {
      checks.range("delete_after", deleteAfter, Duration.ZERO, Duration.ofDays(365));
    }
    checks
        .that(
            backend != Backend.S3 || s3.bucket() != null,
            "s3.bucket",
            "the name of a bucket, because storage.backend is s3")
        .that(
            backend == Backend.S3 || cache.diskPath() == null,
            "cache.disk_path",
            "storage.backend: s3 with it, because blobs in files are on a disk already")
        .that(
            cache.diskPath() == null || areApart(cache.diskPath(), path),
            "cache.disk_path",
            "a folder of its own, neither storage.path nor above it nor among its blobs")
        .done();
  }

  /** Returns how long the bytes of a deleted blob are kept. */
  public Duration bytesKept() {
    Duration otherwise = backend == Backend.S3 ? Duration.ofMinutes(15) : Duration.ZERO;
    return deleteAfter == null ? otherwise : deleteAfter;
  }

  private static boolean areApart(Path cache, Path data) {
    Path folder = cache.toAbsolutePath().normalize();
    Path root = data.toAbsolutePath().normalize();
    return !root.startsWith(folder)
        && !folder.startsWith(root.resolve("blobs"))
        && !folder.startsWith(root.resolve("uploads"));
  }
}
