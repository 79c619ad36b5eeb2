package io.slipway.server.cluster;

import io.slipway.runtime.TlsFiles;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configures the event bus: both ends of a connection show a certificate of the cluster's own. */
final class ClusterBus {
  private static final Duration CONNECTING = Duration.ofSeconds(2);

  /** A connection that does not answer for so long is dropped. */
  private static final Duration PING = Duration.ofSeconds(5);

  private ClusterBus() {}

  /**
   * Returns the options for an address; blocks for a moment to see that the files are there.
   *
   * @throws IllegalStateException with a sentence when one cannot be read
   */
  static EventBusOptions options(ClusterConfig config, InetAddress address) {
    String host = address.getHostAddress();
    EventBusOptions options =
        new EventBusOptions()
            .setHost(host)
            .setPort(config.busPort())
            .setClusterPublicHost(host)
            .setConnectTimeout((int) CONNECTING.toMillis())
            .setClusterPingInterval(PING.toMillis())
            .setClusterPingReplyInterval(PING.toMillis());
    return config.tls().isPresent() ? secure(options, config.tls(), config.authority()) : options;
  }

  private static EventBusOptions secure(
      EventBusOptions options, TlsFiles tls, @Nullable Path authority) {
    if (authority == null || !Files.isReadable(authority)) {
      throw new IllegalStateException(
          "tried to read the authority of the cluster "
              + authority
              + " but it is missing or not readable");
    }
    return options
        .setSsl(true)
        .setKeyCertOptions(tls.options())
        .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()))
        // Both are the other way round where nothing is said.
        .setTrustAll(false)
        .setClientAuth(ClientAuth.REQUIRED)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
  }
}
