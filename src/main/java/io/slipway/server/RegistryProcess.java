package io.slipway.server;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one registry from the start of its process to SIGTERM or SIGINT. */
public final class RegistryProcess {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryProcess.class);

  /** How long closing files and threads may take after the last request. */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private static final int FAILED = 1;
  private static final int STOPPED_TWICE = 130;

  private RegistryProcess() {}

  /**
   * Serves until a signal; a second signal ends the process at once.
   *
   * @param warnings about the configuration, to be logged
   * @return the exit code: 0, or 1 when the server did not end in time
   */
  public static int run(RegistryConfig config, List<String> warnings) throws InterruptedException {
    Logging.start(config.log());
    try {
      warnings.forEach(LOG::warn);
      RegistryServer server = start(config);
      CountDownLatch ending = new CountDownLatch(1);
      AtomicBoolean signalled = new AtomicBoolean();
      Signals.onTermination(
          () -> {
            if (signalled.getAndSet(true)) {
              Runtime.getRuntime().halt(STOPPED_TWICE);
            }
            ending.countDown();
          });
      if (config.http().tls().isPresent()) {
        Signals.onHangup(server::watchCertificates);
      }
      LOG.info(
          "Slipway listens on {}, data in {}",
          config.listeningOn(server.port()),
          config.storage().path());
      ending.await();
      return stop(server, config.drain().most());
    } finally {
      Logging.flush();
    }
  }

  /**
   * The database's file failed, or is being made anew: what it says can no longer be trusted, so
   * nothing more is answered.
   */
  private static void endAtOnce(Throwable cause) {
    LOG.error("the database can no longer be trusted; ending at once", cause);
    Logging.flush();
    Runtime.getRuntime().halt(FAILED);
  }

  private static RegistryServer start(RegistryConfig config) {
    try {
      return await(RegistryServer.start(config, RegistryProcess::endAtOnce), Duration.ofMinutes(5));
    } catch (TimeoutException e) {
      throw new IllegalStateException("tried to start but it took more than 5 minutes", e);
    }
  }

  private static int stop(RegistryServer server, Duration drain) {
    LOG.info("Slipway stops: requests that run may take {} s more", drain.toSeconds());
    try {
      await(server.stop(), drain.plus(CLOSING));
      LOG.info("Slipway has stopped");
      return 0;
    } catch (TimeoutException e) {
      LOG.error("tried to stop but it took too long; ending anyway");
      return 1;
    } catch (RuntimeException e) {
      LOG.error("tried to stop but something failed; ending anyway", e);
      return 1;
    }
  }

  private static <T> T await(Future<T> future, Duration timeout) throws TimeoutException {
    return future.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }
}
