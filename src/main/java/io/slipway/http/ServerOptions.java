package io.slipway.http;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tunes the HTTP server for moving bytes with bounded memory. */
public final class ServerOptions {
  /** Small chunks cost more copies and calls (Vert.x's own choice is 8 KiB). */
  private static final int CHUNK = 64 * 1024;

  /**
   * What an HTTP/2 client may send of one body before we took it: the memory of a stalled upload.
   */
  private static final int STREAM_WINDOW = 256 * 1024;

  private static final int CONNECTION_WINDOW = 1024 * 1024;
  private static final int BACKLOG = 1024;
  private static final int OPS_IDLE_SECONDS = 60;

  private ServerOptions() {}

  /** Makes the options of the main port; with TLS when there are certificates. */
  public static HttpServerOptions of(HttpConfig config, @Nullable CertificateWatch certificates) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setAcceptBacklog(BACKLOG)
            .setMaxChunkSize(CHUNK)
            .setMaxHeaderSize((int) config.maxHeaderSize().bytes())
            .setMaxInitialLineLength((int) config.maxInitialLine().bytes())
            // A client that asks first is answered when its session was found right.
            .setHandle100ContinueAutomatically(false)
            .setIdleTimeout((int) config.idleTimeout().toSeconds())
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW));
    return certificates == null ? options : certificates.secure(options, true);
  }

  /** Makes the options of the ops port; nobody needs a certificate there to ask for health. */
  public static HttpServerOptions of(OpsConfig config, @Nullable CertificateWatch certificates) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port() == null ? 0 : config.port())
            .setIdleTimeout(OPS_IDLE_SECONDS);
    return certificates == null || !config.tls() ? options : certificates.secure(options, false);
  }
}
