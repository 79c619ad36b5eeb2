package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;

class LoggingTest {
  /** A node that others are cut off from tries to reach them a hundred times a second. */
  @Test
  void tellsOfEachTryToReachANodeOnlyToThoseWhoDebug() {
    String connector = "com.hazelcast.internal.server.tcp.TcpServerConnector";
    assertThat(lines(connector, Level.INFO)).containsExactly("told");
    assertThat(lines(connector, Level.DEBUG)).containsExactly("tried", "told");
    assertThat(lines("com.hazelcast.internal.cluster.ClusterService", Level.INFO))
        .containsExactly("tried", "told");
    assertThat(lines(connector, Level.ERROR)).isEmpty();
  }

  private static Iterable<String> lines(String logger, Level level) {
    LoggerContext context = new LoggerContext();
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    Logging.install(context, written, level);
    context.getLogger(logger).info("tried");
    context.getLogger(logger).warn("told");
    return written.list.stream().map(ILoggingEvent::getMessage).toList();
  }
}
