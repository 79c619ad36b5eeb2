package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keeps the folder of the cache and the folder of the data apart. */
class StoragePathsTest {
  private static RegistryConfig load(String cache) {
    Map<String, String> settings =
        Map.of(
            "storage.backend", "s3",
            "storage.s3.bucket", "blobs",
            "storage.path", "/d",
            "storage.cache.disk_path", cache);
    Map<String, Flag> flags = new HashMap<>();
    settings.forEach((key, text) -> flags.put("--" + key, new Flag(key, text)));
    return RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config();
  }

  @ParameterizedTest
  @CsvSource({"/d", "/d/../d", "/", "/d/blobs", "/d/uploads/x"})
  void refusesACacheAmongTheData(String path) {
    assertThatThrownBy(() -> load(path))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected a folder of its own");
  }

  @Test
  void takesAFolderOfItsOwn() {
    assertThat(load("/d/cache").storage().cache().diskPath()).isEqualTo(Path.of("/d/cache"));
    assertThat(load("/c").storage().cache().highBytes()).isEqualTo(9_500_000_000L);
    assertThat(load("/c").storage().cache().lowBytes()).isEqualTo(8_500_000_000L);
  }
}
