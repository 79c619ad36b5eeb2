package io.slipway.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** Writes lines for people: time, level, logger, message, then {@code key=value} pairs. */
final class TextLines implements LineFormat {
  private static final String OURS = "io.slipway.";

  private final LineTime time = new LineTime();

  @Override
  public void append(ILoggingEvent event, StringBuilder line) {
    time.append(event.getTimeStamp(), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).repeat(' ', 6 - level.length());
    String logger = event.getLoggerName();
    line.append(logger.startsWith(OURS) ? logger.substring(OURS.length()) : logger);
    String message = event.getFormattedMessage();
    if (message != null && !message.isEmpty()) {
      escape(message, line.append(' '));
    }
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> append(pair, line));
    }
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
  }

  private static void append(KeyValuePair pair, StringBuilder line) {
    line.append(' ').append(pair.key).append('=');
    String value = String.valueOf(pair.value);
    boolean plain = value.chars().allMatch(c -> c > ' ' && c != '"' && c != '=');
    if (plain && !value.isEmpty()) {
      escape(value, line);
    } else {
      escape(value.replace("\"", "\\\""), line.append('"'));
      line.append('"');
    }
  }

  /** Keeps a client from writing lines, or commands to a terminal, of its own. */
  private static void escape(String text, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        line.append("\\x")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        line.append(c);
      }
    }
  }
}
