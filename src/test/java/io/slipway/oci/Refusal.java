package io.slipway.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something is refused as a client should see it. */
final class Refusal {
  private Refusal() {}

  /** Returns the message, which says what was tried and why it failed. */
  static AbstractStringAssert<?> assertRefused(ErrorCode code, ThrowingCallable call) {
    RegistryException refusal = catchThrowableOfType(RegistryException.class, call);
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
    return assertThat(refusal.getMessage()).startsWith("tried to ").contains(" but ");
  }
}
