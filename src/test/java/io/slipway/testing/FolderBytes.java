package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The files of a folder. */
record FolderBytes(Path root) implements StoredBytes {
  @Override
  public List<String> list(String folder) {
    Path start = root.resolve(folder);
    if (!Files.exists(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] read(String key) {
    try {
      return Files.readAllBytes(root.resolve(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(String key, byte[] content) {
    try {
      Files.write(root.resolve(key), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void delete(String key) {
    try {
      Files.delete(root.resolve(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int copied() {
    return 0;
  }

  @Override
  public void refuseWrites(String folder) {
    try {
      Files.createDirectories(root);
      Files.writeString(root.resolve(folder), "a file where a folder should be");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ChangeWatch watch() {
    return () -> {
      try {
        return Files.getLastModifiedTime(root.resolve("uploads"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Override
  public List<String> staged(StoredData stored) {
    return names(root.resolve("uploads"));
  }

  static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void requireAgreement(StoredData stored, Instant since) {
    new BlobAgreement(stored).require(since);
  }
}
