package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.auth.ClientNetwork;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitsTest {
  /** Begins where {@code System.nanoTime} may, a little before it overflows. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private RateLimits limits(int perSecond, @Nullable Integer burst) {
    RateLimitConfig limits = new RateLimitConfig(0, null, perSecond, burst);
    return new RateLimits(
        limits, new ClientAddress(ClientAddressTest.config(List.of(), limits)), meters, now::get);
  }

  private int admitted(RateLimits limits, String user, int requests) {
    int count = 0;
    for (int i = 0; i < requests; i++) {
      try {
        limits.admit(user);
        count++;
      } catch (RegistryException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.TOOMANYREQUESTS);
      }
    }
    return count;
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void admitsABurstAndThenTheRate() {
    RateLimits limits = limits(10, 5);
    assertThat(admitted(limits, "ann", 20)).isEqualTo(5);
    pass(Duration.ofMillis(250));
    assertThat(admitted(limits, "ann", 20)).isEqualTo(2);
    pass(Duration.ofMillis(50));
    assertThat(admitted(limits, "ann", 20)).isEqualTo(1);
    pass(Duration.ofHours(1));
    assertThat(admitted(limits, "ann", 20)).isEqualTo(5);
    assertThat(meters.get("slipway.http.limited").tag("by", "user").counter().count())
        .isEqualTo(80 - 13);
  }

  @Test
  void countsEveryUserApart() {
    RateLimits limits = limits(1, 3);
    assertThat(admitted(limits, "ann", 10)).isEqualTo(3);
    assertThat(admitted(limits, "bob", 10)).isEqualTo(3);
  }

  @Test
  void givesTenSecondsAtOnceUnlessItIsToldHowMuch() {
    assertThat(admitted(limits(2, null), "ann", 100)).isEqualTo(20);
  }

  @Test
  void saysHowLongToWaitInWholeSeconds() {
    RateLimits limits = limits(1, 1);
    limits.admit("ann");
    assertThat(refusal(limits).detail()).containsEntry("retryAfter", 1L);
    pass(Duration.ofMillis(999));
    RegistryException refusal = refusal(limits);
    assertThat(refusal.detail()).containsEntry("retryAfter", 1L);
    assertThat(refusal).hasMessageMatching("tried to .* but this user has sent too many: .*");
    assertThat(refusal.getMessage()).doesNotContain("ann");
    pass(Duration.ofMillis(1));
    assertThatCode(() -> limits.admit("ann")).doesNotThrowAnyException();
  }

  private static RegistryException refusal(RateLimits limits) {
    return catchThrowableOfType(RegistryException.class, () -> limits.admit("ann"));
  }

  @Test
  void limitsNothingByDefault() {
    assertThat(admitted(limits(0, null), "ann", 100_000)).isEqualTo(100_000);
    assertThat(meters.getMeters()).isEmpty();
  }

  @Test
  void losesNoneOfManyThreads() throws Exception {
    RateLimits limits = limits(1, 1000);
    Callable<Integer> many = () -> admitted(limits, "ann", 2000);
    int admitted = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> one : threads.invokeAll(Collections.nCopies(4, many))) {
        admitted += one.get();
      }
    }
    assertThat(admitted).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.2, false",
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "::ffff:192.0.2.1, 192.0.2.1, true",
    "2001:DB8::1, 2001:db8:0:0:0:0:0:2, true"
  })
  void takesANetworkOfVersion6ForOneClient(String one, String other, boolean same) {
    assertThat(ClientNetwork.of(one).equals(ClientNetwork.of(other))).isEqualTo(same);
  }
}
