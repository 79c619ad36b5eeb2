package io.slipway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private static final String HERE = "192.0.2.1";

  private final AtomicLong now = new AtomicLong(-5);
  private final LoginThrottle throttle = new LoginThrottle(now::get);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed("ann", HERE);
    }
  }

  private long wait(String name, String address) {
    RegistryException refused =
        catchThrowableOfType(RegistryException.class, () -> throttle.require(name, address));
    if (refused == null) {
      return 0;
    }
    assertThat(refused.code()).isEqualTo(ErrorCode.TOOMANYREQUESTS);
    return Long.parseLong(String.valueOf(refused.detail().get("retryAfter")));
  }

  @Test
  void letsAFewMistakesPass() {
    fail(5);
    assertThat(wait("ann", HERE)).isZero();
  }

  @Test
  void waitsTwiceAsLongEachTime() {
    fail(6);
    assertThat(wait("ann", HERE)).isEqualTo(1);
    fail(1);
    assertThat(wait("ann", HERE)).isEqualTo(2);
    fail(20);
    assertThat(wait("ann", HERE)).isEqualTo(64);
  }

  @Test
  void looksAgainAfterTheTime() {
    fail(7);
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(wait("ann", HERE)).isZero();
  }

  @Test
  void looksAtOneOfManyAfterTheTime() {
    fail(7);
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(wait("ann", HERE)).isZero();
    assertThat(wait("ann", HERE)).as("beside the first").isEqualTo(2);
    fail(1);
    assertThat(wait("ann", HERE)).isEqualTo(4);
  }

  @Test
  void countsTheAddressesOfOneNetworkTogether() {
    for (int i = 0; i < 6; i++) {
      throttle.failed("ann", "2001:db8:0:1::" + (i + 1));
    }
    assertThat(wait("ann", "2001:db8:0:1:ffff::9")).isEqualTo(1);
    assertThat(wait("ann", "2001:db8:0:2::1")).isZero();
  }

  @Test
  void locksNobodyOutElsewhere() {
    fail(20);
    assertThat(wait("ann", "192.0.2.2")).isZero();
    assertThat(wait("bob", HERE)).isZero();
  }

  @Test
  void forgetsMistakesAfterTheRightPassword() {
    fail(20);
    throttle.succeeded("ann", HERE);
    assertThatCode(() -> throttle.require("ann", HERE)).doesNotThrowAnyException();
  }
}
