package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two registries never work in one place of a bucket: each would delete what the other keeps. */
@OneProfile("of a bucket that the test has for itself")
class BucketOwnerIT {
  @TempDir Path one;
  @TempDir Path other;

  @Test
  void refusesABucketOfAnotherRegistry() throws Exception {
    try (FakeS3 s3 = new FakeS3()) {
      TestRegistry.start(one, s3.settings()).close();
      List<String> keys = s3.keys();
      assertThat(keys).containsExactly("owner/" + id(one));

      assertThatThrownBy(() -> TestRegistry.start(other, s3.settings()))
          .rootCause()
          .hasMessageContaining("belongs to another registry")
          .hasMessageContaining(id(one));
      assertThat(s3.keys()).isEqualTo(keys);

      TestRegistry.start(one, s3.settings()).close();
      assertThat(s3.keys()).isEqualTo(keys);
    }
  }

  @Test
  void sharesABucketByPrefix() throws Exception {
    try (FakeS3 s3 = new FakeS3()) {
      TestRegistry.start(one, settings(s3, "one/")).close();
      TestRegistry.start(other, settings(s3, "other/")).close();
      assertThat(s3.keys())
          .containsExactlyInAnyOrder("one/owner/" + id(one), "other/owner/" + id(other));
    }
  }

  private static String[] settings(FakeS3 s3, String prefix) {
    List<String> all = new ArrayList<>(List.of(s3.settings()));
    all.addAll(List.of("storage.s3.prefix", prefix));
    return all.toArray(String[]::new);
  }

  private static String id(Path folder) throws Exception {
    return Files.readString(folder.resolve("storage.id")).strip();
  }
}
