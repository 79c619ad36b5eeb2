package io.slipway.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * Writes one JSON object per line: {@code time}, {@code level}, {@code logger}, {@code thread},
 * {@code message}, every pair, {@code error}.
 */
final class JsonLines implements LineFormat {
  private final LineTime time = new LineTime();

  @Override
  public void append(ILoggingEvent event, StringBuilder line) {
    line.append("{\"time\":\"");
    time.append(event.getTimeStamp(), line);
    line.append('"');
    text("level", event.getLevel().toString().toLowerCase(Locale.ROOT), line);
    text("logger", event.getLoggerName(), line);
    text("thread", event.getThreadName(), line);
    String message = event.getFormattedMessage();
    if (message != null && !message.isEmpty()) {
      text("message", message, line);
    }
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> pair(pair, line));
    }
    if (event.getThrowableProxy() != null) {
      text("error", ThrowableProxyUtil.asString(event.getThrowableProxy()), line);
    }
    line.append("}\n");
  }

  private static void pair(KeyValuePair pair, StringBuilder line) {
    if (pair.value instanceof Number || pair.value instanceof Boolean) {
      name(pair.key, line);
      line.append(pair.value);
    } else {
      text(pair.key, String.valueOf(pair.value), line);
    }
  }

  private static void text(String name, String value, StringBuilder line) {
    name(name, line);
    line.append('"');
    JsonStringEncoder.getInstance().quoteAsString(value, line);
    line.append('"');
  }

  private static void name(String name, StringBuilder line) {
    line.append(",\"");
    JsonStringEncoder.getInstance().quoteAsString(name, line);
    line.append("\":");
  }
}
