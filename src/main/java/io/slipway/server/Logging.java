package io.slipway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sets up where log lines go and how they look; in code, because reading a logging XML costs a
 * tenth of a second at start.
 */
public final class Logging {
  /**
   * Lines that may wait; at some 300 bytes each this is 5 MB when the reader of stdout has stopped.
   */
  private static final int CAPACITY = 16_384;

  private static final AtomicReference<@Nullable QueuedLines> QUEUE = new AtomicReference<>();

  private Logging() {}

  /** Sends lines to standard output from now on, off the threads that log them. */
  public static void start(LogConfig config) {
    QueuedLines lines =
        new QueuedLines(new FileOutputStream(FileDescriptor.out), format(config), CAPACITY);
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      install(context, lines, Level.valueOf(config.level().name()));
      QUEUE.set(lines);
    }
  }

  /** Writes what waits to be written, within 2 s; later lines are written by those who log them. */
  public static void flush() {
    QueuedLines lines = QUEUE.get();
    if (lines != null) {
      lines.drain();
    }
  }

  /** Counts the lines that were dropped because standard output was too slow. */
  public static void register(MeterRegistry metrics) {
    FunctionCounter.builder("slipway.log.dropped", QUEUE, Logging::dropped)
        .description("Log lines dropped because standard output was too slow")
        .register(metrics);
  }

  /** Replaces every place that lines go to. */
  static void install(LoggerContext context, Appender<ILoggingEvent> lines, Level level) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    lines.setContext(context);
    lines.start();
    root.setLevel(level);
    root.addAppender(lines);
    // Its only error is a client that leaves in the middle of a file, of which the sender knows.
    context.getLogger("io.vertx.core.net.impl.VertxConnection").setLevel(Level.OFF);
    // It repeats, with stack traces, what a failed command tells; RedisLink says it once.
    context.getLogger("io.vertx.redis").setLevel(Level.OFF);
    // A node that others are cut off from tries to reach them a hundred times a second; what came
    // of it, and who left, other lines say.
    if (level.equals(Level.INFO)) {
      context.getLogger("com.hazelcast.internal.server.tcp").setLevel(Level.WARN);
    }
  }

  private static LineFormat format(LogConfig config) {
    return switch (config.format()) {
      case TEXT -> new TextLines();
      case JSON -> new JsonLines();
    };
  }

  private static double dropped(AtomicReference<@Nullable QueuedLines> queue) {
    QueuedLines lines = queue.get();
    return lines == null ? 0 : lines.dropped();
  }
}
