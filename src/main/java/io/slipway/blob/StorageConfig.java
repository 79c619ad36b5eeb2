package io.slipway.blob;

import io.slipway.runtime.AlsoFrom;
import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.nio.file.Path;

/** Configures where the bytes of blobs lie. */
public record StorageConfig(
    @Doc("What keeps the blobs.") @Default("filesystem") Backend backend,
    @Doc("Folder of the blobs, and of the SQLite database unless database.url names another place.")
        @Default("./data")
        @AlsoFrom("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY")
        Path path,
    @Doc("Space to leave free on the disk; below it pushes are answered with 507 and pulls go on.")
        @Default("1GiB")
        DataSize reserve,
    @Doc("Whether clients may delete.") Delete delete) {
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
    new Checks()
        .that(
            backend != Backend.S3,
            "backend",
            "filesystem, because s3 is not built yet in this version")
        .done();
  }
}
