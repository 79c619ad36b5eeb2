package io.slipway.http;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import org.jspecify.annotations.Nullable;

/** Configures the second port, where health and metrics are for those who run the registry. */
public record OpsConfig(
    @Doc("Address to serve health and metrics on.") @Default("127.0.0.1") String host,
    @Doc("Port to serve /livez, /readyz and /metrics on; 0 takes any free one, none is off.")
        @Nullable Integer port,
    @Doc(
            "Whether that port speaks HTTPS, with the certificate of http.tls; it asks for no client's.")
        @Default("false")
        boolean tls) {
  public OpsConfig {
    new Checks()
        .that(!host.isBlank(), "host", "an address to listen on")
        .range("port", port == null ? 0 : port, 0, 65535)
        .done();
  }
}
