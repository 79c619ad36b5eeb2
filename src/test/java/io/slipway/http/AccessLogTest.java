package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class AccessLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("access");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(lines);
    lines.start();
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void writesOneLinePerRequest() {
    new AccessLog(true)
        .write(
            new AccessLog.Entry("GET", "/v2/", 200, 34, 1_234_567, "127.0.0.1", "docker/27", "7f"));
    assertThat(lines.list)
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.getKeyValuePairs())
                    .extracting(KeyValuePair::toString)
                    .containsExactly(
                        "method=\"GET\"",
                        "path=\"/v2/\"",
                        "status=\"200\"",
                        "bytes=\"34\"",
                        "ms=\"1.234\"",
                        "remote=\"127.0.0.1\"",
                        "agent=\"docker/27\"",
                        "id=\"7f\""));
  }

  @Test
  void boundsWhatTheClientChose() {
    new AccessLog(true)
        .write(
            new AccessLog.Entry("GET", "/".repeat(5000), 404, 0, 0, "::1", "x".repeat(5000), "1"));
    assertThat(lines.list.getFirst().getKeyValuePairs().toString()).hasSizeLessThan(1600);
  }

  @Test
  void writesNothingWhenItIsOff() {
    AccessLog.Entry entry = new AccessLog.Entry("GET", "/", 200, 0, 0, "::1", null, "1");
    new AccessLog(false).write(entry);
    assertThat(lines.list).isEmpty();
    logger.setLevel(Level.WARN);
    assertThat(new AccessLog(true).isEnabled()).isFalse();
    new AccessLog(true).write(entry);
    assertThat(lines.list).isEmpty();
    logger.setLevel(Level.INFO);
    new AccessLog(true).write(entry);
    assertThat(lines.list).hasSize(1);
  }
}
