package io.slipway.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.ScrubProcess;
import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dry scrub beside copies that are still to be written. */
class LateCopiesIT {
  @TempDir Path data;
  private StoredData stored;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void fill() {
    stored = StoredData.of(data);
    try (TestRegistry registry = TestRegistry.start(data)) {
      new MixedContent(registry).push();
      Eventually.happens(
          "copies are written", () -> stored.query("SELECT repo FROM copy_due").isEmpty());
    }
  }

  private int scrub() throws InterruptedException, IOException {
    return ScrubProcess.scrub(TestRegistry.config(data), true, false, lines::add, ignored -> {});
  }

  @Test
  void tellsOfNoCopyThatIsOnlyLate() throws Exception {
    String tag = stored.files("tags").getFirst();
    String manifest =
        stored.files("manifests").stream()
            .filter(key -> !key.endsWith(".mediatype"))
            .findFirst()
            .orElseThrow();
    stored.delete(tag);
    stored.delete(manifest);
    assertThat(scrub()).isZero();
    assertThat(lines.getLast()).contains("2 copies wrong");
    stored.update(
        """
        INSERT INTO copy_due (kind, repo, name, due)
        SELECT 'tag', repo, name, 0 FROM tag
        UNION ALL SELECT 'manifest', repo, digest, 0 FROM manifest
        """);
    assertThat(scrub()).isZero();
    assertThat(lines.getLast()).contains("0 copies wrong");
  }
}
