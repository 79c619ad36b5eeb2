package io.slipway.blob.s3;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;

/**
 * A request that was signed before and is sent as it is, once: the SDK would sign anew for a second
 * try.
 */
record SignedRequest(SdkHttpRequest request, Buffer body) {
  /** Twice what a thousand of the longest keys come to, and more than an error ever says. */
  private static final int MOST_ANSWERED = 2 * 1024 * 1024;

  /**
   * What the server said.
   *
   * @param date the header, if there is one
   * @param body empty when it was longer than anything that is expected
   */
  record Answer(int status, @Nullable String date, Buffer body) {}

  /** Sends it and waits; on a virtual thread only. */
  Answer send(S3Clients clients) throws InterruptedException, ExecutionException {
    Collected collected = new Collected();
    clients
        .connections()
        .execute(
            AsyncExecuteRequest.builder()
                .request(request)
                .requestContentPublisher(new Content(body))
                .responseHandler(collected)
                .build())
        .get();
    Answer answer = collected.get();
    clients.clock().heard(answer.date());
    return answer;
  }

  /** Keeps the status and the body. Of the connection's thread until the answer has ended. */
  private static final class Collected
      implements SdkAsyncHttpResponseHandler, Subscriber<ByteBuffer> {
    private final Buffer bytes = Buffer.buffer();
    private int status;
    private @Nullable String date;
    private boolean tooLong;
    private @Nullable Throwable failure;

    synchronized Answer get() throws ExecutionException {
      if (failure != null) {
        throw new ExecutionException(failure);
      }
      return new Answer(status, date, tooLong ? Buffer.buffer() : bytes);
    }

    @Override
    public synchronized void onHeaders(SdkHttpResponse headers) {
      status = headers.statusCode();
      date = headers.firstMatchingHeader("Date").orElse(null);
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
    public synchronized void onNext(ByteBuffer part) {
      tooLong |= bytes.length() + part.remaining() > MOST_ANSWERED;
      if (!tooLong) {
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.appendBytes(copy);
      }
    }

    @Override
    public synchronized void onError(Throwable error) {
      failure = error;
    }

    @Override
    public void onComplete() {
      // The request's future tells.
    }
  }

  /** Sends bytes that are in memory. */
  private record Content(Buffer bytes) implements SdkHttpContentPublisher {
    @Override
    public Optional<Long> contentLength() {
      return Optional.of((long) bytes.length());
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      AsyncRequestBody.fromBytesUnsafe(bytes.getBytes()).subscribe(subscriber);
    }
  }
}
