package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Files and SQLite, in the folder that the registry is started with. */
record FolderStores(Path data) implements LaunchedStores {
  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public void flipByteOf(String digest) throws IOException {
    List<Path> files = LaunchedStores.files(data, digest);
    assertThat(files).as(digest).hasSize(1);
    LaunchedStores.flip(files.getFirst());
  }

  @Override
  public boolean haveCache() {
    return false;
  }

  @Override
  public boolean isCached(String digest) {
    return false;
  }

  @Override
  public void uncache(String digest) {}

  @Override
  public String repositoryOf(String digest) {
    throw new UnsupportedOperationException();
  }
}
