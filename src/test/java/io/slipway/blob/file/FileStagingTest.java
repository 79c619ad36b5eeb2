package io.slipway.blob.file;

import io.slipway.blob.Staging;
import io.slipway.blob.StagingContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileStagingTest extends StagingContract {
  @TempDir private Path root;
  private FileStorage storage;

  @BeforeEach
  void open() throws IOException {
    storage = FileStorage.open(root, 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
  }

  @Override
  protected Staging staging() {
    return storage.staging();
  }

  @Override
  protected byte[] published(String location) {
    try {
      return Files.readAllBytes(root.resolve(location));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
