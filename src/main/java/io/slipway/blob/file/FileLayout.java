package io.slipway.blob.file;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/** Says where in the data folder bytes lie. */
final class FileLayout {
  private static final String UPLOADS = "uploads";
  static final String BLOBS = "blobs";
  private static final String WRITING = "writing";

  private final Path root;
  private final Path uploads;

  private FileLayout(Path root) {
    this.root = root;
    this.uploads = root.resolve(UPLOADS);
  }

  /**
   * Makes every folder there will ever be and syncs it: a shard made with its first blob could be
   * lost with it. For the only process that uses the folder. Blocks.
   *
   * @throws IOException when the folder cannot be written
   */
  static FileLayout create(Path root) throws IOException {
    FileLayout layout = new FileLayout(root.toAbsolutePath().normalize());
    Files.createDirectories(layout.uploads);
    layout.emptyWriting();
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      Path folder = layout.root.resolve(BLOBS).resolve(algorithm.id());
      if (!Files.isDirectory(folder.resolve("ff"))) {
        createShards(folder);
      }
    }
    syncDirectory(layout.root.resolve(BLOBS));
    syncDirectory(layout.root);
    return layout;
  }

  /** What a dead process was writing is of no use to anybody. */
  private void emptyWriting() throws IOException {
    Path folder = Files.createDirectories(root.resolve(WRITING));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private static void createShards(Path folder) throws IOException {
    Files.createDirectories(folder);
    // The last shard is made when the others are durable: it tells that all are there.
    for (int shard = 0; shard < 256; shard++) {
      if (shard == 255) {
        syncDirectory(folder);
      }
      Files.createDirectories(folder.resolve(String.format("%02x", shard)));
    }
    syncDirectory(folder);
  }

  static void syncDirectory(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Returns the folder of a file below the root. */
  static Path folderOf(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  Path root() {
    return root;
  }

  Path uploads() {
    return uploads;
  }

  Path upload(String id) {
    return uploads.resolve(id);
  }

  /** Returns where this thread writes a small file that gets its name when it is whole. */
  Path writing() {
    return root.resolve(WRITING).resolve(Long.toString(Thread.currentThread().threadId()));
  }

  /** Returns the key of a digest's bytes, relative to the data folder. */
  static String location(Digest digest) {
    String hex = digest.hex();
    return BLOBS + '/' + digest.algorithm().id() + '/' + hex.substring(0, 2) + '/' + hex;
  }

  /** Returns whose bytes are at a location; empty when it is no blob's. */
  static Optional<Digest> digest(String location) {
    String[] parts = location.split("/", -1);
    return parts.length == 4 && parts[0].equals(BLOBS)
        ? Digest.find(parts[1] + ':' + parts[3])
        : Optional.empty();
  }

  /** Returns the file of a location that the metadata gave. */
  Path file(String location) {
    return root.resolve(location);
  }
}
