package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many slow downloads from a server with little memory, which ends when that is not enough. */
class SlowClientIT {
  private static final int MEBIBYTES = Boolean.getBoolean("slipway.long") ? 1000 : 200;
  private static final int CLIENTS = Boolean.getBoolean("slipway.long") ? 60 : 15;
  private static final int TIMED_OUT = 28;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static LaunchedRegistry registry;
  private static String blob = "";

  @BeforeAll
  static void pushesALargeBlob() throws Exception {
    registry =
        LaunchedRegistry.start(
            data, Map.of("SLIPWAY_JAVA_OPTS", "-Xmx64m -XX:MaxDirectMemorySize=48m"));
    byte[] mebibyte = Contents.random(1024 * 1024, 41);
    try (var file = Files.newOutputStream(folder.resolve("blob"))) {
      for (int i = 0; i < MEBIBYTES; i++) {
        file.write(mebibyte);
      }
    }
    blob = Program.bash().in(folder).print("sha256sum blob | cut -d' ' -f1");
    Program.bash()
        .in(folder)
        .with("url", registry.url("/v2/team/slow/blobs/uploads/?digest=sha256:" + blob))
        .print("curl -sf -X POST -T - $url <blob");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Process download(String version, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(version, "-o", "/dev/null"));
    arguments.addAll(List.of(more));
    arguments.add(registry.url("/v2/team/slow/blobs/sha256:" + blob));
    return Program.of("curl", "-sf").start(arguments.toArray(String[]::new));
  }

  @Test
  void holdsOnlyWhatIsOnItsWay() throws Exception {
    long before = registry.peakMebibytes();
    List<Process> slow = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String version = i % 3 == 0 ? "--http1.1" : "--http2-prior-knowledge";
      slow.add(download(version, "--limit-rate", "2M", "--max-time", "5"));
    }
    assertThat(download("--http2-prior-knowledge").waitFor()).isZero();
    assertThat(download("--http1.1").waitFor()).isZero();
    for (Process client : slow) {
      assertThat(client.waitFor()).isEqualTo(TIMED_OUT);
    }
    assertThat(registry.peakMebibytes() - before)
        .as("more MiB than before, of the %d MiB asked for", CLIENTS * MEBIBYTES)
        .isLessThan(100);
  }
}
