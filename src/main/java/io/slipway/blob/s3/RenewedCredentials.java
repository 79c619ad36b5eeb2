package io.slipway.blob.s3;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/**
 * Asks a source of credentials again and again on a thread of its own, and gives the last ones to
 * requests until they end. Thread-safe.
 *
 * <p>The SDK waits for its sources on the thread that makes a request, which may be an event loop,
 * for minutes: so only the very first answer is waited for, before there are requests.
 */
final class RenewedCredentials implements IdentityProvider<AwsCredentialsIdentity>, AutoCloseable {
  /** The SDK's sources remember what they told until it is nearly over. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final AwsCredentialsProvider source;
  private final Duration patience;
  private final CompletableFuture<AwsCredentialsIdentity> first = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable AwsCredentialsIdentity latest;
  private volatile @Nullable Throwable failure;

  /**
   * Begins to ask.
   *
   * @param patience how long the first answer is waited for
   */
  RenewedCredentials(AwsCredentialsProvider source, Duration patience) {
    this.source = source;
    this.patience = patience;
    Thread.ofVirtual().name("slipway-s3-credentials").start(this::run);
  }

  private void run() {
    try {
      do {
        ask();
      } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask() {
    try {
      AwsCredentialsIdentity told = source.resolveCredentials();
      latest = told;
      first.complete(told);
    } catch (Throwable e) {
      // An error, too: nobody else asks again.
      failure = e;
      first.completeExceptionally(e);
    }
  }

  @Override
  public Class<AwsCredentialsIdentity> identityType() {
    return AwsCredentialsIdentity.class;
  }

  /** Fails with an {@code SdkException} when there are none; at once, but for the first time. */
  @Override
  public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
    AwsCredentialsIdentity told = latest;
    if (told == null) {
      return first
          .copy()
          .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(cause -> missing("there are no credentials", cause));
    }
    boolean over = told.expirationTime().filter(end -> end.isBefore(Instant.now())).isPresent();
    return over
        ? missing("the credentials have ended, and their source gives no others", failure)
        : CompletableFuture.completedFuture(told);
  }

  private CompletableFuture<AwsCredentialsIdentity> missing(
      String what, @Nullable Throwable cause) {
    // What a source says for itself is a sentence; of one that is silent there is none.
    @Nullable String detail = cause == null ? null : S3Failures.cause(cause).getMessage();
    return CompletableFuture.failedFuture(
        SdkClientException.create(
            what + ": " + (detail == null ? "it does not answer" : detail), cause));
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
