package io.slipway.http;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import org.jspecify.annotations.Nullable;

/** Configures how many requests one client may send. */
public record RateLimitConfig(
    @Doc("Requests per second from one address (of IPv6, from one /64); 0 is any number.")
        @Default("0")
        int addressPerSecond,
    @Doc("Requests that an address may send at once; without it, those of ten seconds.")
        @Nullable Integer addressBurst,
    @Doc("Requests per second of one user, from wherever; 0 is any number.") @Default("0")
        int userPerSecond,
    @Doc("Requests that a user may send at once; without it, those of ten seconds.")
        @Nullable Integer userBurst) {
  private static final int MOST_PER_SECOND = 1_000_000;
  private static final int MOST_AT_ONCE = 10_000_000;
  private static final int BURST_SECONDS = 10;

  public RateLimitConfig {
    new Checks()
        .range("address_per_second", addressPerSecond, 0, MOST_PER_SECOND)
        .range("address_burst", addressBurst == null ? 1 : addressBurst, 1, MOST_AT_ONCE)
        .range("user_per_second", userPerSecond, 0, MOST_PER_SECOND)
        .range("user_burst", userBurst == null ? 1 : userBurst, 1, MOST_AT_ONCE)
        .done();
  }

  int addressAtOnce() {
    return addressBurst == null ? BURST_SECONDS * addressPerSecond : addressBurst;
  }

  int userAtOnce() {
    return userBurst == null ? BURST_SECONDS * userPerSecond : userBurst;
  }
}
