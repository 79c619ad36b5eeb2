package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

class RenewedCredentialsTest {
  private final AtomicInteger asked = new AtomicInteger();

  private AwsCredentials answer() {
    if (asked.incrementAndGet() == 1) {
      throw new OutOfMemoryError("planted");
    }
    return AwsBasicCredentials.create("key", "secret");
  }

  private static CompletableFuture<? extends AwsCredentialsIdentity> resolve(
      RenewedCredentials credentials) {
    return credentials.resolveIdentity(ResolveIdentityRequest.builder().build());
  }

  @Test
  void asksAgainAfterAnError() {
    try (RenewedCredentials credentials =
        new RenewedCredentials(this::answer, Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> resolve(credentials).get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SdkClientException.class)
          .hasMessageContaining("planted");
      Eventually.happens("it has asked again", () -> asked.get() > 1);
      Eventually.happens(
          "there are credentials", () -> !resolve(credentials).isCompletedExceptionally());
      assertThat(resolve(credentials).join().accessKeyId()).isEqualTo("key");
    }
  }
}
