package io.slipway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.http.TlsMaterial.TlsException;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps servers on the certificate that the files hold: looks at them every two seconds and gives
 * the servers what changed, for connections that begin from then on.
 *
 * <p>What is broken, does not belong together or is not valid now leaves everything as it was.
 * Compares bytes, not times: those stay the same when a link is moved to another file. Thread-safe.
 */
public final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final TlsConfig config;
  private final List<Function<TlsMaterial, Future<?>>> servers = new CopyOnWriteArrayList<>();
  private final Poller poller;
  private final Counter loaded;
  private final Counter refused;
  private volatile Served served;
  private volatile @Nullable String refusal;

  /** What servers use now. */
  private record Served(TlsMaterial material, X509Certificate certificate) {}

  private CertificateWatch(Vertx vertx, TlsConfig config, Served first, MeterRegistry meters) {
    this.vertx = vertx;
    this.config = config;
    this.served = first;
    this.poller = new Poller(vertx, "certificates", INTERVAL, this::look);
    this.loaded = counter(meters, "loaded");
    this.refused = counter(meters, "refused");
    Gauge.builder("slipway.tls.certificate.expiry", () -> expires().getEpochSecond())
        .description("When the certificate that is served expires, in seconds since 1970")
        .baseUnit("seconds")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("slipway.tls.reloads")
        .description("Changes of the files of TLS")
        .tag("outcome", outcome)
        .register(meters);
  }

  /**
   * Reads the files for the first time; the future fails when TLS cannot be served with them. A
   * certificate that is not valid now is served all the same, with a warning: there is no better.
   */
  public static Future<CertificateWatch> open(Vertx vertx, TlsConfig config, MeterRegistry meters) {
    return vertx
        .executeBlocking(() -> first(vertx, config), false)
        .map(first -> new CertificateWatch(vertx, config, Objects.requireNonNull(first), meters));
  }

  private static Served first(Vertx vertx, TlsConfig config) {
    try {
      TlsMaterial material = TlsMaterial.read(config);
      X509Certificate certificate = material.check(vertx);
      try {
        material.checkTime(certificate, Instant.now());
      } catch (TlsException e) {
        LOG.warn("{}; it is served all the same until there is another one", e.getMessage());
      }
      return new Served(material, certificate);
    } catch (TlsException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Makes the options of a server speak TLS. */
  HttpServerOptions secure(HttpServerOptions options, boolean askClients) {
    return served.material().secure(options, askClients);
  }

  /** Gives the server of the main port every certificate to come. */
  public void tell(HttpVerticle server) {
    tell(true, server::secureBy);
  }

  /** Gives a server every certificate to come. */
  public void tell(boolean askClients, Function<HttpServerOptions, Future<?>> server) {
    servers.add(material -> server.apply(material.secure(new HttpServerOptions(), askClients)));
  }

  /** Looks at the files now; the first call begins to do so by itself. */
  public void wake() {
    poller.wake();
  }

  /** Looks no more; complete when a look that is under way has ended. */
  public Future<Void> stop() {
    return poller.stop();
  }

  /** Returns when the certificate that is served expires. */
  Instant expires() {
    return served.certificate().getNotAfter().toInstant();
  }

  private Future<Boolean> look() {
    return vertx
        .executeBlocking(this::changed, false)
        .compose(found -> found == null ? Future.succeededFuture() : use(found))
        .map(false);
  }

  private @Nullable Served changed() {
    try {
      TlsMaterial found = TlsMaterial.read(config);
      if (found.hasSameBytes(served.material())) {
        refusal = null;
        return null;
      }
      X509Certificate certificate = found.check(vertx);
      found.checkTime(certificate, Instant.now());
      return new Served(found, certificate);
    } catch (TlsException e) {
      refuse(Objects.requireNonNull(e.getMessage()));
      return null;
    }
  }

  private Future<Void> use(Served found) {
    return Future.all(servers.stream().map(server -> server.apply(found.material())).toList())
        .<Void>mapEmpty()
        .onSuccess(
            ignored -> {
              served = found;
              refusal = null;
              loaded.increment();
              LOG.info("TLS goes on with {}", TlsMaterial.name(found.certificate()));
            })
        .otherwise(
            cause -> {
              refuse("tried to go on with another TLS certificate but " + cause.getMessage());
              return null;
            });
  }

  /** Says it once, not every two seconds. */
  private void refuse(String message) {
    if (!message.equals(refusal)) {
      refusal = message;
      refused.increment();
      LOG.warn("{}; the one that was served until {} stays", message, expires());
    }
  }
}
