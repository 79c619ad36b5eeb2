package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3FailuresTest {
  private static final String ACTION = "store a part of an upload";

  private static Throwable answered(int status, String code, @Nullable String message) {
    return S3Exception.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
        .build();
  }

  private static ErrorCode told(Throwable failure) {
    Throwable told = S3Failures.translate(new CompletionException(failure), ACTION);
    assertThat(told).isInstanceOf(RegistryException.class).hasMessageContaining(ACTION);
    return ((RegistryException) told).code();
  }

  @ParameterizedTest
  @CsvSource({
    "507, XMinioStorageFull, Storage backend has reached its minimum free drive threshold.",
    "507, InsufficientStorage,",
    "500, InternalError, 'We encountered an internal error: cause(no space left on device)'",
    "503, ServiceUnavailable, write /data/1: No space left on device"
  })
  void noSpaceIsTold(int status, String code, @Nullable String message) {
    assertThat(told(answered(status, code, message))).isEqualTo(ErrorCode.STORAGE_FULL);
  }

  @ParameterizedTest
  @CsvSource({
    "500, InternalError, We encountered an internal error",
    "500, InternalError,",
    "503, SlowDownWrite, 'Resource requested is unwritable, please reduce your request rate'",
    "404, NoSuchKey, the key 'no space left on device' does not exist"
  })
  void anythingElseIsToBeTriedAgain(int status, String code, @Nullable String message) {
    assertThat(told(answered(status, code, message))).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void whatIsNotOfS3Stays() {
    Throwable other = new IllegalStateException("other");
    assertThat(S3Failures.translate(other, ACTION)).isSameAs(other);
  }

  @Test
  void noSpaceIsToldOfTwoFailures() {
    Throwable full = answered(507, "XMinioStorageFull", "");
    Throwable away = SdkClientException.create("reset");
    assertThat(S3Failures.toTell(away, full)).isSameAs(full);
    assertThat(S3Failures.toTell(full, away)).isSameAs(full);
    assertThat(S3Failures.toTell(away, answered(500, "InternalError", "no"))).isSameAs(away);
    Throwable told = S3Failures.translate(full, ACTION);
    assertThat(S3Failures.toTell(away, told)).isSameAs(told);
  }

  @Test
  void thePrefixKeepsTheFailureThatIsTold() throws InterruptedException {
    Throwable full = answered(507, "XMinioStorageFull", "");
    StoredPrefix stored = new StoredPrefix(new UploadMark(Layout.empty(10), null));
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    stored.add(first, (layout, tag) -> layout.withPart(new Layout.Part(1, tag, 10)), null);
    stored.add(second, (layout, tag) -> layout.withPart(new Layout.Part(2, tag, 10)), null);
    second.completeExceptionally(full);
    assertThat(stored.failure()).isNull();
    first.completeExceptionally(SdkClientException.create("reset"));
    stored.await();
    assertThat(stored.failure()).isSameAs(full);
    assertThat(stored.mark().size()).isZero();
  }
}
