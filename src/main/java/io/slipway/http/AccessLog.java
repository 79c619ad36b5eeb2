package io.slipway.http;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line per request to the logger {@code access}; costs the caller well under a
 * microsecond, because lines are put together elsewhere.
 *
 * <p>Never gets a query or a header that could hold a credential.
 */
public final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("access");
  private static final int MAX_PATH = 1024;
  private static final int MAX_AGENT = 256;

  private final boolean enabled;

  public AccessLog(boolean enabled) {
    this.enabled = enabled;
  }

  /** Tells whether lines are written, so that nobody gathers what nobody reads. */
  public boolean isEnabled() {
    return enabled && LOG.isInfoEnabled();
  }

  /** Writes a line about a request that has ended. */
  public void write(Entry entry) {
    if (!isEnabled()) {
      return;
    }
    LOG.atInfo()
        .addKeyValue("method", entry.method())
        .addKeyValue("path", bounded(entry.path(), MAX_PATH))
        .addKeyValue("status", entry.status())
        .addKeyValue("bytes", entry.bytes())
        .addKeyValue("ms", TimeUnit.NANOSECONDS.toMicros(entry.nanos()) / 1000.0)
        .addKeyValue("remote", entry.remote())
        .addKeyValue(
            "agent", entry.userAgent() == null ? "-" : bounded(entry.userAgent(), MAX_AGENT))
        .addKeyValue("id", entry.requestId())
        .log("");
  }

  private static String bounded(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /**
   * Tells what a request was and how it ended.
   *
   * @param path without the query, which may hold a token
   * @param status 499 when the client left before the answer
   * @param bytes of the answer's body that were sent
   * @param nanos from the request's headers to the answer's end
   */
  public record Entry(
      String method,
      String path,
      int status,
      long bytes,
      long nanos,
      String remote,
      @Nullable String userAgent,
      String requestId) {}
}
