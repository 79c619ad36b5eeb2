package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The clock of S3 is not that of this machine, by which requests are signed. */
@OneProfile("of a bucket whose clock the test sets")
class BucketClockIT {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.slipway.blob.s3");
  private static final byte[] BLOB = PushClient.bytes(1, 1000);

  @TempDir Path data;
  private final FakeS3 s3 = new FakeS3();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    LOG.addAppender(lines);
  }

  @AfterEach
  void end() {
    LOG.detachAppender(lines);
    s3.close();
  }

  private TestRegistry registry() {
    return TestRegistry.start(
        data, s3.settings("ops.port", "0", "gc.enabled", "false", "storage.delete_after", "0s"));
  }

  private List<String> ofClocks() {
    return lines.list.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith("the clock of this machine"))
        .toList();
  }

  private static double lag(TestRegistry registry) {
    String path = registry.opsUri("/metrics").toString();
    return new String(registry.send("GET", path).body(), UTF_8)
        .lines()
        .filter(line -> line.startsWith("slipway_trash_lag_seconds "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void isSaidWhenNothingIsDeletedForIt() {
    try (TestRegistry registry = registry()) {
      PushClient client = new PushClient(registry.port());
      assertThat(client.pushBlob("app", BLOB).statusCode()).isEqualTo(201);
      Eventually.happens(
          "the blob is at home",
          () -> s3.keys().stream().anyMatch(key -> key.startsWith("blobs/")));
      assertThat(ofClocks()).isEmpty();
      s3.advance(Duration.ofMinutes(2));
      assertThat(client.send("POST", "/_gc?grace=0s").statusCode()).isEqualTo(200);
      assertThat(s3.keys()).anyMatch(key -> key.startsWith("blobs/"));
      assertThat(ofClocks()).hasSize(1);
      assertThat(ofClocks().getFirst()).containsPattern("is 1(19|2[0-9]) s behind that of S3 ");
    }
    StoredData.of(data).update("UPDATE trash SET due = due - 600000");
    try (TestRegistry registry = registry()) {
      Eventually.happens("it is told how long", () -> lag(registry) > 600);
      assertThat(ofClocks()).as("at the start").hasSize(2);
    }
  }
}
