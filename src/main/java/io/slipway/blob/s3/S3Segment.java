package io.slipway.blob.s3;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of one answer of S3. Filled on the SDK's threads, emptied on the reader's context;
 * never more than {@link #WINDOW} chunks are asked for that were not taken.
 *
 * <p>Not the SDK's own publisher: that is not told when the connection breaks in the middle.
 */
final class S3Segment
    implements AsyncResponseTransformer<GetObjectResponse, GetObjectResponse>,
        Subscriber<ByteBuffer> {
  /** Chunks of at most 8 KiB. */
  static final int WINDOW = 16;

  private final Runnable look;
  private final Runnable over;
  private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile CompletableFuture<GetObjectResponse> begun = new CompletableFuture<>();
  private volatile @Nullable GetObjectResponse head;
  private volatile @Nullable Subscription subscription;
  private volatile boolean cancelled;
  private volatile boolean ended;
  private volatile @Nullable Throwable failure;

  /**
   * Makes one that nothing has arrived of.
   *
   * @param look called on any thread when there may be something to take
   * @param over called on any thread, once or twice, when its connection is not needed any more
   */
  S3Segment(Runnable look, Runnable over) {
    this.look = look;
    this.over = over;
  }

  /** Called for every try: none that failed had a body. */
  @Override
  public CompletableFuture<GetObjectResponse> prepare() {
    begun = new CompletableFuture<>();
    return begun;
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    head = response;
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> bytes) {
    bytes.subscribe(this);
    begun.complete(head);
  }

  @Override
  public void exceptionOccurred(Throwable cause) {
    if (!begun.completeExceptionally(cause) && !begun.isCompletedExceptionally()) {
      onError(cause);
    }
  }

  @Override
  public void onSubscribe(Subscription made) {
    subscription = made;
    if (cancelled) {
      made.cancel();
    } else {
      made.request(WINDOW);
    }
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    arrived.add(bytes);
    tell();
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
    ended = true;
    over.run();
    tell();
  }

  @Override
  public void onComplete() {
    ended = true;
    over.run();
    tell();
  }

  /** Many chunks that arrive together need one look. */
  private void tell() {
    if (told.compareAndSet(false, true)) {
      look.run();
    }
  }

  /** Takes everything that has arrived, at most the given length; null when there is nothing. */
  @Nullable Buffer take(long atMost) {
    told.set(false);
    ByteBuffer[] taken = new ByteBuffer[WINDOW];
    int count = 0;
    while (count < WINDOW && arrived.peek() != null) {
      taken[count++] = arrived.remove();
    }
    if (count == 0) {
      return null;
    }
    Subscription asked = subscription;
    if (asked != null && !cancelled) {
      asked.request(count);
    }
    Buffer bytes = BufferInternal.buffer(Unpooled.wrappedBuffer(compact(taken, count)));
    return bytes.length() <= atMost ? bytes : bytes.slice(0, Math.toIntExact(atMost));
  }

  private static ByteBuffer[] compact(ByteBuffer[] taken, int count) {
    ByteBuffer[] all = new ByteBuffer[count];
    System.arraycopy(taken, 0, all, 0, count);
    return all;
  }

  /** Tells whether nothing more comes than what can be taken. */
  boolean isOver() {
    return ended && arrived.isEmpty();
  }

  /** Returns why it broke; null when S3 ended it by itself. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Ends the answer, which closes its connection. */
  void cancel() {
    cancelled = true;
    Subscription asked = subscription;
    if (asked != null) {
      asked.cancel();
    }
    over.run();
  }
}
