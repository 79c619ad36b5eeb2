package io.slipway.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down whoever guesses passwords: after a few wrong ones for a name from an address, that
 * name from that address is not even looked at for a while, which doubles each time. The same name
 * from elsewhere is, so nobody locks others out. Thread-safe.
 */
final class LoginThrottle {
  private static final int FREE = 5;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int DOUBLINGS = 6;
  private static final Duration FORGOTTEN = Duration.ofMinutes(15);
  private static final int PAIRS = 100_000;

  /** A name from an address. */
  private record Pair(String name, String address) {}

  /** How often it was wrong in a row, and from when on it is looked at again. */
  private record Failures(int count, long until) {}

  private final Cache<Pair, Failures> failures =
      Caffeine.newBuilder().maximumSize(PAIRS).expireAfterWrite(FORGOTTEN).build();
  private final LongSupplier nanoTime;

  LoginThrottle(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Throws {@code TOOMANYREQUESTS} with the detail {@code retryAfter}, in seconds, while it has to
   * wait.
   */
  void require(String name, String address) {
    Failures known = failures.getIfPresent(new Pair(name, address));
    long wait = known == null || known.count() <= FREE ? 0 : known.until() - nanoTime.getAsLong();
    if (wait > 0) {
      long seconds = Math.max(1, Duration.ofNanos(wait).plusMillis(999).toSeconds());
      throw new RegistryException(
          ErrorCode.TOOMANYREQUESTS,
          "tried to sign in but the last passwords were wrong; try again in " + seconds + " s",
          Map.of("retryAfter", seconds));
    }
  }

  /** Counts a wrong password. */
  void failed(String name, String address) {
    failures
        .asMap()
        .compute(
            new Pair(name, address),
            (pair, known) -> {
              int count = known == null ? 1 : known.count() + 1;
              long wait =
                  count <= FREE ? 0 : FIRST.toNanos() << Math.min(DOUBLINGS, count - FREE - 1);
              return new Failures(count, nanoTime.getAsLong() + wait);
            });
  }

  /** Forgets what was wrong before a right password. */
  void succeeded(String name, String address) {
    failures.invalidate(new Pair(name, address));
  }
}
