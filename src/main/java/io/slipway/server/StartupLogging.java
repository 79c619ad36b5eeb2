package io.slipway.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;

/**
 * Sends warnings to standard error until the configuration is read, and in commands that read none.
 *
 * <p>Found by the logging library through {@code META-INF/services}, in place of its search for
 * files.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class StartupLogging extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.install(context, new ErrorLines(), Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static final class ErrorLines extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final TextLines format = new TextLines();

    @Override
    protected synchronized void append(ILoggingEvent event) {
      StringBuilder line = new StringBuilder();
      format.append(event, line);
      System.err.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
