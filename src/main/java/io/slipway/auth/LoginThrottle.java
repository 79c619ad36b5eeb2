package io.slipway.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Slows down whoever guesses passwords: after a few wrong ones for a name from an address, or of
 * IPv6 a network of /64, that name from there is not even looked at for a while, which doubles each
 * time; then one password is, and no other beside it. The same name from elsewhere is, so nobody
 * locks others out. Thread-safe.
 */
final class LoginThrottle {
  private static final int FREE = 5;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int DOUBLINGS = 6;
  private static final Duration FORGOTTEN = Duration.ofMinutes(15);
  private static final int PAIRS = 100_000;

  /** A name from what one client has for itself. */
  private record Pair(String name, String network) {}

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
    long wait = claim(pair(name, address));
    if (wait > 0) {
      long seconds = Math.max(1, Duration.ofNanos(wait).plusMillis(999).toSeconds());
      throw new RegistryException(
          ErrorCode.TOOMANYREQUESTS,
          "tried to sign in but the last passwords were wrong; try again in " + seconds + " s",
          Map.of("retryAfter", seconds));
    }
  }

  /** Returns how long to wait; who need not is alone, for the others wait as after a failure. */
  private long claim(Pair pair) {
    long now = nanoTime.getAsLong();
    AtomicLong wait = new AtomicLong();
    failures
        .asMap()
        .computeIfPresent(
            pair,
            (same, known) -> {
              if (known.count() <= FREE) {
                return known;
              }
              wait.set(known.until() - now);
              return wait.get() > 0
                  ? known
                  : new Failures(known.count(), now + wait(known.count()));
            });
    return wait.get();
  }

  private static long wait(int count) {
    return count <= FREE ? 0 : FIRST.toNanos() << Math.min(DOUBLINGS, count - FREE - 1);
  }

  private static Pair pair(String name, String address) {
    return new Pair(name, ClientNetwork.of(address));
  }

  /** Counts a wrong password. */
  void failed(String name, String address) {
    failures
        .asMap()
        .compute(
            pair(name, address),
            (same, known) -> {
              int count = known == null ? 1 : known.count() + 1;
              return new Failures(count, nanoTime.getAsLong() + wait(count));
            });
  }

  /** Forgets what was wrong before a right password. */
  void succeeded(String name, String address) {
    failures.invalidate(pair(name, address));
  }
}
