package io.slipway.blob.s3;

import io.slipway.blob.ObjectStore.SignedDelete;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;

/**
 * Deletes one object by a request that was signed before and is refused a minute later, so that
 * nobody who slept deletes what has come to the key since. (The SDK's own signatures hold for 15
 * minutes, and it would sign anew for a second try.)
 */
record PresignedDelete(String key, SdkHttpRequest request, S3Clients clients, Steps steps)
    implements SignedDelete {
  private static final Logger LOG = LoggerFactory.getLogger(PresignedDelete.class);
  private static final Duration VALID = Duration.ofSeconds(60);

  static PresignedDelete of(S3Bucket bucket, S3Clients clients, Steps steps, String key) {
    SdkHttpRequest request =
        clients
            .signatures()
            .presignDeleteObject(
                delete ->
                    delete
                        .signatureDuration(VALID)
                        .deleteObjectRequest(
                            object -> object.bucket(bucket.name()).key(bucket.full(key))))
            .httpRequest();
    return new PresignedDelete(key, request, clients, steps);
  }

  @Override
  public Future<Boolean> send() {
    return steps.one(
        () -> {
          Answer answer = new Answer();
          try {
            clients
                .connections()
                .execute(
                    AsyncExecuteRequest.builder()
                        .request(request)
                        .requestContentPublisher(new NoContent())
                        .responseHandler(answer)
                        .build())
                .get();
          } catch (ExecutionException e) {
            LOG.warn("tried to delete {} but {}", key, S3Failures.cause(e).getMessage());
            return false;
          }
          int status = answer.status.join();
          if (status != 204 && status != 200 && status != 404) {
            LOG.warn("tried to delete {} but S3 answered {}", key, status);
            return false;
          }
          return true;
        });
  }

  /** Keeps the status and drops the body. */
  private static final class Answer implements SdkAsyncHttpResponseHandler, Subscriber<ByteBuffer> {
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    @Override
    public void onHeaders(SdkHttpResponse headers) {
      status.complete(headers.statusCode());
    }

    @Override
    public void onStream(Publisher<ByteBuffer> stream) {
      stream.subscribe(this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer ignored) {
      // An error's text, which the status says well enough.
    }

    @Override
    public void onError(Throwable error) {
      status.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      // The status came before.
    }
  }

  /** A body of nothing. */
  private static final class NoContent implements SdkHttpContentPublisher {
    @Override
    public Optional<Long> contentLength() {
      return Optional.of(0L);
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      AsyncRequestBody.empty().subscribe(subscriber);
    }
  }
}
