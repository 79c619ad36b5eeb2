package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {
  private static final Instant TIME = Instant.parse("2026-11-21T06:42:22.068Z");

  private final LoggerContext context = new LoggerContext();

  @Test
  void areReadableAsText() {
    LoggingEvent event = event("io.slipway.server.Thing", "did {}", null, "this");
    event.addKeyValuePair(new KeyValuePair("status", 200));
    event.addKeyValuePair(new KeyValuePair("agent", "a \"b\""));
    event.addKeyValuePair(new KeyValuePair("none", ""));
    assertThat(line(new TextLines(), event))
        .isEqualTo(
            "2026-11-21T06:42:22.068Z INFO  server.Thing did this status=200"
                + " agent=\"a \\\"b\\\"\" none=\"\"\n");
  }

  @Test
  void letNobodyWriteALineOfHisOwn() {
    LoggingEvent event = event("x", "a\nb\u001b[31m", null);
    event.addKeyValuePair(new KeyValuePair("path", "/\r\n2026 INFO"));
    assertThat(line(new TextLines(), event))
        .endsWith("x a\\x0ab\\x1b[31m path=\"/\\x0d\\x0a2026 INFO\"\n");
  }

  @Test
  void areObjectsAsJson() {
    LoggingEvent event =
        event("io.slipway.server.Thing", "a\n\"b\"", new IllegalStateException("no"));
    event.addKeyValuePair(new KeyValuePair("status", 200));
    event.addKeyValuePair(new KeyValuePair("agent", "ü\u0001"));
    event.addKeyValuePair(new KeyValuePair("hit", true));
    String line = line(new JsonLines(), event);
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    JsonObject json = new JsonObject(line);
    assertThat(json.getString("error")).startsWith("java.lang.IllegalStateException: no");
    json.remove("error");
    assertThat(json)
        .isEqualTo(
            new JsonObject()
                .put("time", TIME.toString())
                .put("level", "info")
                .put("logger", "io.slipway.server.Thing")
                .put("thread", "main")
                .put("message", "a\n\"b\"")
                .put("status", 200)
                .put("agent", "ü\u0001")
                .put("hit", true));
  }

  @Test
  void haveTheStackTraceBelow() {
    assertThat(line(new TextLines(), event("x", "failed", new IllegalStateException("no"))))
        .contains(" failed\njava.lang.IllegalStateException: no\n\tat ");
  }

  @Test
  void tellTheTime() {
    LineTime time = new LineTime();
    for (String text : new String[] {"1969-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z"}) {
      StringBuilder line = new StringBuilder();
      time.append(Instant.parse(text).toEpochMilli(), line);
      assertThat(line).hasToString(text);
    }
  }

  private LoggingEvent event(
      String logger, String message, @Nullable Throwable error, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent("", context.getLogger(logger), Level.INFO, message, error, arguments);
    event.setInstant(TIME);
    event.setThreadName("main");
    return event;
  }

  private static String line(LineFormat format, LoggingEvent event) {
    StringBuilder line = new StringBuilder();
    format.append(event, line);
    return line.toString();
  }
}
