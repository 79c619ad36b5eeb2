package io.slipway.blob.s3;

import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers, as long as the process lives, whether the server deletes many objects by one request.
 * Thread-safe.
 */
final class MultiDeleteSupport {
  private static final Logger LOG = LoggerFactory.getLogger(MultiDeleteSupport.class);

  private enum Known {
    NOTHING,
    YES,
    NO
  }

  private final AtomicReference<Known> known = new AtomicReference<>(Known.NOTHING);

  /** Tells whether it has been seen to. */
  boolean isKnown() {
    return known.get() == Known.YES;
  }

  /** Tells whether it has been seen not to. */
  boolean isRefused() {
    return known.get() == Known.NO;
  }

  /** Many were deleted by one request. */
  void worked() {
    known.compareAndSet(Known.NOTHING, Known.YES);
  }

  /** What one request did not delete, one for each object did. */
  void refused(String reason) {
    if (known.compareAndSet(Known.NOTHING, Known.NO)) {
      LOG.info("S3 does not delete many objects by one request ({}): one by one then", reason);
    }
  }

  /** A request that used to work does not: it is to be tried again what does. */
  void failed() {
    known.compareAndSet(Known.YES, Known.NOTHING);
  }
}
