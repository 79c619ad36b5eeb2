package io.slipway.blob.s3;

import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStream;
import io.slipway.blob.PacedStream;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a part of a blob, however often S3 breaks off: it goes on at the byte reached, where the
 * metadata says that the bytes are by then. Belongs to the context of its reader.
 */
final class S3Stream extends PacedStream {
  private static final Logger LOG = LoggerFactory.getLogger(S3Stream.class);

  /** So often an answer may break off before it was worth it, or a blob have moved. */
  private static final int PATIENCE = 4;

  /** Less than that is hardly more than what it took to ask for it. */
  private static final long WORTH = 16 * 1024;

  private static final long FIRST_DELAY_MILLIS = 50;

  private final Context context;
  private final S3Reads reads;
  private final BlobPlace place;
  private final long end;
  private String location;

  /** Where the metadata say the bytes are since S3 did not have them; null when it had them. */
  private @Nullable String namedAgain;

  private long position;

  /** Where the next answer that breaks off was worth it. */
  private long worth;

  private int vain;
  private int moves;
  private boolean asking;
  private boolean delivering;
  private @Nullable S3Segment segment;

  S3Stream(Context context, S3Reads reads, BlobPlace place, long offset, long length) {
    this.context = context;
    this.reads = reads;
    this.place = place;
    this.location = place.location();
    this.position = offset;
    this.worth = offset + WORTH;
    this.end = offset + length;
  }

  /** Completes when the first bytes are about to come. */
  Future<BlobStream> open() {
    // There is no way to ask for a range of nothing.
    return (position == end ? Future.<Void>succeededFuture() : ask()).map(this);
  }

  private Future<Void> ask() {
    asking = true;
    return reads
        .slots()
        .take()
        .onFailure(ignored -> asking = false)
        .compose(slot -> isOver() ? left(slot) : ask(slot));
  }

  private static Future<Void> left(ReadSlots.Slot slot) {
    slot.release();
    return Future.failedFuture(new HttpClosedException("the reader has gone"));
  }

  private Future<Void> ask(ReadSlots.Slot slot) {
    return reads
        .get(
            context,
            location,
            position,
            end - position,
            () -> new S3Segment(context, reads.patience(), this::deliver, slot::release))
        .onComplete(ignored -> asking = false)
        .onFailure(ignored -> slot.release())
        .transform(asked -> asked.succeeded() ? begin(asked.result()) : refused(asked.cause()));
  }

  private Future<Void> begin(S3Segment next) {
    if (isOver() || (!next.isPartial() && position > 0)) {
      next.cancel();
      return Future.failedFuture(
          new RegistryException(
              ErrorCode.UNAVAILABLE,
              "tried to read a part of a blob but the object store ignored which"));
    }
    segment = next;
    namedAgain = null;
    return Future.succeededFuture();
  }

  private Future<Void> refused(Throwable failure) {
    if (!S3Failures.isMissingKey(failure)) {
      return Future.failedFuture(S3Failures.translate(failure, "read the blob at " + location));
    }
    return place.again().compose(this::moved);
  }

  /**
   * A blob may be relocated while it is read, and have come back to the very key that was empty: S3
   * is asked after the metadata, and its bytes are missing when both say so twice.
   */
  private Future<Void> moved(Optional<String> now) {
    boolean missing = now.isPresent() && now.get().equals(namedAgain);
    if (now.isPresent() && !missing && moves++ < PATIENCE) {
      location = now.get();
      namedAgain = location;
      return ask();
    }
    return (missing ? missing() : Future.<Void>succeededFuture())
        .transform(
            ignored ->
                Future.failedFuture(
                    new RegistryException(
                        ErrorCode.BLOB_UNKNOWN,
                        "tried to read the blob but its bytes are not there any more",
                        Map.of())));
  }

  private Future<Void> missing() {
    LOG.error("the blob at {} is named but not in S3", location);
    return place.missing(location);
  }

  private void deliver() {
    if (delivering || isOver()) {
      return;
    }
    delivering = true;
    try {
      boolean more = true;
      while (demand() > 0 && !isOver() && more) {
        more = handOut();
      }
    } finally {
      delivering = false;
    }
    if (!isOver() && demand() > 0) {
      afterDelivery();
    }
  }

  private boolean handOut() {
    S3Segment current = segment;
    Buffer bytes = current == null || position == end ? null : current.take(end - position);
    if (bytes == null || !hasReader()) {
      return false;
    }
    position += bytes.length();
    hand(bytes);
    return true;
  }

  private void afterDelivery() {
    S3Segment current = segment;
    if (position == end) {
      if (current != null) {
        current.cancel();
      }
      end();
    } else if (!asking && (current == null || current.isOver())) {
      goOn(current == null ? null : current.failure());
    }
  }

  /** Asks for the rest after a break; only while the reader wants more. */
  private void goOn(@Nullable Throwable cause) {
    segment = null;
    vain = position >= worth ? 0 : vain;
    worth = position + WORTH;
    if (vain++ >= PATIENCE) {
      LOG.warn("tried to go on reading the blob at {} but S3 breaks off", location, cause);
      fail(
          new RegistryException(
              ErrorCode.UNAVAILABLE, "tried to read the blob but the object store breaks off"));
      return;
    }
    LOG.info("reading the blob at {} goes on at byte {}: {}", location, position, cause);
    asking = true;
    long delay = vain == 1 ? 1 : FIRST_DELAY_MILLIS << vain;
    context
        .owner()
        .setTimer(
            delay,
            ignored -> {
              if (!isOver()) {
                ask().onComplete(going -> deliver(), this::fail);
              }
            });
  }

  @Override
  public void cancel() {
    super.cancel();
    if (segment != null) {
      segment.cancel();
    }
  }

  @Override
  protected void wanted(long amount) {
    deliver();
  }
}
