package io.slipway.blob.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** The body of a request that stores bytes; they do not change while the request runs. */
final class PartBody implements AsyncRequestBody {
  private final List<ByteBuffer> bytes;
  private final AsyncRequestBody content;

  PartBody(List<ByteBuffer> bytes) {
    this.bytes = bytes;
    this.content =
        bytes.isEmpty()
            ? AsyncRequestBody.empty()
            : AsyncRequestBody.fromByteBuffersUnsafe(bytes.toArray(ByteBuffer[]::new));
  }

  /** Returns the bytes from their beginning, without a copy of them all. */
  InputStream open() {
    return new Reading(bytes.stream().map(ByteBuffer::duplicate).iterator());
  }

  @Override
  public Optional<Long> contentLength() {
    return content.contentLength();
  }

  @Override
  public String contentType() {
    return content.contentType();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    content.subscribe(subscriber);
  }

  /** Reads the buffers one after the other. */
  private static final class Reading extends InputStream {
    private final Iterator<ByteBuffer> left;
    private ByteBuffer current = ByteBuffer.allocate(0);

    Reading(Iterator<ByteBuffer> left) {
      this.left = left;
    }

    private boolean hasMore() {
      while (!current.hasRemaining() && left.hasNext()) {
        current = left.next();
      }
      return current.hasRemaining();
    }

    @Override
    public int read() {
      return hasMore() ? current.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (!hasMore()) {
        return -1;
      }
      int count = Math.min(length, current.remaining());
      current.get(into, offset, count);
      return count;
    }
  }
}
