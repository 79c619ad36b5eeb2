package io.slipway.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.auth.ClientNetwork;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests by address and by user, in this process only, and refuses those above the limits
 * with 429. Thread-safe; costs nothing where no limit is set.
 */
public final class RateLimits {
  /** What asks whether the registry lives, however busy its address is. */
  private static final Set<String> HEALTH =
      Set.of("/", "/livez", "/readyz", "/api/v1/registry/health");

  private final ClientAddress addresses;
  private final @Nullable Buckets byAddress;
  private final @Nullable Buckets byUser;

  public RateLimits(RateLimitConfig limits, ClientAddress addresses, MeterRegistry meters) {
    this(limits, addresses, meters, System::nanoTime);
  }

  RateLimits(
      RateLimitConfig limits, ClientAddress addresses, MeterRegistry meters, LongSupplier nanos) {
    this.addresses = addresses;
    byAddress =
        buckets("address", limits.addressPerSecond(), limits.addressAtOnce(), meters, nanos);
    byUser = buckets("user", limits.userPerSecond(), limits.userAtOnce(), meters, nanos);
  }

  private static @Nullable Buckets buckets(
      String of, int perSecond, int atOnce, MeterRegistry meters, LongSupplier nanos) {
    return perSecond == 0 ? null : new Buckets(of, perSecond, atOnce, meters, nanos);
  }

  /** Returns a handler that lets through what the limit by address allows, health always. */
  public Handler<HttpServerRequest> guard(Handler<HttpServerRequest> next, ErrorResponder errors) {
    Buckets buckets = byAddress;
    if (buckets == null) {
      return next;
    }
    return request -> {
      RegistryException refusal =
          HEALTH.contains(request.path())
              ? null
              : buckets.take(ClientNetwork.of(addresses.of(request)));
      if (refusal == null) {
        next.handle(request);
      } else {
        errors.fail(request, refusal);
      }
    };
  }

  /**
   * Counts a request of a user, when it is known who that is.
   *
   * @throws RegistryException TOOMANYREQUESTS when that is above the limit; its detail {@code
   *     retryAfter} is the time to wait in whole seconds, at least 1, which the answer's header
   *     says too
   */
  public void admit(String user) {
    RegistryException refusal = byUser == null ? null : byUser.take(user);
    if (refusal != null) {
      throw refusal;
    }
  }

  /**
   * Token buckets of one kind. A bucket is one number, the time at which it is full again; requests
   * move it on by what each costs, so nobody has to fill buckets.
   */
  private static final class Buckets {
    /**
     * Above that, buckets are forgotten, and a forgotten one is full: who has that many addresses
     * gets past any limit by address, but gets no more memory than this.
     */
    private static final int MOST = 65_536;

    private final String of;
    private final long cost;
    private final long depth;
    private final int perSecond;
    private final LongSupplier nanos;
    private final Counter refusals;
    private final Cache<String, AtomicLong> fullAt;

    Buckets(String of, int perSecond, int atOnce, MeterRegistry meters, LongSupplier nanos) {
      this.of = of;
      this.perSecond = perSecond;
      this.cost = TimeUnit.SECONDS.toNanos(1) / perSecond;
      this.depth = cost * atOnce;
      this.nanos = nanos;
      // A bucket that is not asked for so long is full, as a new one is.
      this.fullAt =
          Caffeine.newBuilder()
              .maximumSize(MOST)
              .expireAfterAccess(Duration.ofNanos(depth).plusSeconds(1))
              .build();
      this.refusals =
          Counter.builder("slipway.http.limited")
              .description("Requests refused because of a limit of their number")
              .tag("by", of)
              .register(meters);
    }

    /** Takes from a bucket; returns the refusal when there is too little in it. */
    @Nullable RegistryException take(String key) {
      long now = nanos.getAsLong();
      AtomicLong full = fullAt.get(key, ignored -> new AtomicLong(now));
      while (true) {
        long before = full.get();
        // Compared by difference, because these times may overflow.
        long after = (before - now > 0 ? before : now) + cost;
        long excess = after - now - depth;
        if (excess > 0) {
          return refusal(excess);
        }
        if (full.compareAndSet(before, after)) {
          return null;
        }
      }
    }

    private RegistryException refusal(long waitNanos) {
      refusals.increment();
      long seconds = Math.ceilDiv(waitNanos, TimeUnit.SECONDS.toNanos(1));
      return new RegistryException(
          ErrorCode.TOOMANYREQUESTS,
          "tried to carry out the request but this "
              + of
              + " has sent too many: it may send "
              + perSecond
              + " per second; try again in "
              + seconds
              + " s",
          Map.of(ErrorResponder.RETRY_AFTER_DETAIL, seconds));
    }
  }
}
