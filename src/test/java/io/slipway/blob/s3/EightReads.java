package io.slipway.blob.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;

/** A registry that has eight connections to S3 for pulls, and tells how many are held. */
final class EightReads implements AutoCloseable {
  static final int COUNT = 8;

  private final FakeS3 fake = new FakeS3();
  private final TestRegistry registry;
  private final PushClient client;
  private final PushClient ops;

  EightReads(Path data, String timeout) {
    registry =
        TestRegistry.start(
            data,
            fake.settings(
                "storage.s3.max_connections",
                String.valueOf(COUNT),
                "storage.s3.timeout",
                timeout,
                "ops.port",
                "0"));
    client = new PushClient(registry.port());
    ops = new PushClient(registry.opsUri("/").getPort());
  }

  FakeS3 fake() {
    return fake;
  }

  int port() {
    return registry.port();
  }

  PushClient client() {
    return client;
  }

  boolean held(int reads) {
    return new String(ops.send("GET", "/metrics").body(), UTF_8)
        .contains("\nslipway_s3_reads " + reads + ".0\n");
  }

  @Override
  public void close() {
    registry.close();
    fake.close();
  }
}
