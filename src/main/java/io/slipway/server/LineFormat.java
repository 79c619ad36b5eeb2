package io.slipway.server;

import ch.qos.logback.classic.spi.ILoggingEvent;

/** Turns what was logged into a line; used by one thread at a time. */
interface LineFormat {
  /** Appends the line and its end. */
  void append(ILoggingEvent event, StringBuilder line);
}
