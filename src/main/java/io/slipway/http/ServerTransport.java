package io.slipway.http;

import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The transport of servers that clients talk to: the operating system's own where there is one. */
public final class ServerTransport implements Transport {
  private final Transport chosen;

  public ServerTransport() {
    @Nullable Transport system = Transport.nativeTransport();
    chosen = system != null && system.available() ? system : Transport.NIO;
  }

  @Override
  public String name() {
    return chosen.name();
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new GuardedTransport(chosen.implementation());
  }
}
