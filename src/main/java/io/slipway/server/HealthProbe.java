package io.slipway.server;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a health check over HTTP, as the command line does.
 *
 * <p>Uses the JDK's oldest client because it starts in a quarter of the newer one's time.
 */
public final class HealthProbe {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private HealthProbe() {}

  /** Returns what is wrong; empty when the answer is 200 within 3 s. Blocks. */
  public static Optional<String> ask(URI address) {
    try {
      HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setConnectTimeout((int) TIMEOUT.toMillis());
      connection.setReadTimeout((int) TIMEOUT.toMillis());
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status == HttpURLConnection.HTTP_OK
          ? Optional.empty()
          : Optional.of("tried to ask " + address + " but it answered " + status);
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      return Optional.of("tried to ask " + address + " but " + e.getMessage());
    }
  }
}
