package io.slipway.blob.s3;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how far the clock of this machine, by which requests are signed, is from that of S3, by
 * which they end. The SDK puts right only what it sends itself. Thread-safe.
 */
final class ServerClock {
  private static final Logger LOG = LoggerFactory.getLogger(ServerClock.class);

  /** Half of what a request to delete is good for. */
  private static final Duration ALLOWED = PresignedDelete.VALID.dividedBy(2);

  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final AtomicLong told = new AtomicLong(System.nanoTime() - QUIET_NANOS);

  /**
   * Hears what time S3 has, and says in the log when that is too far from what this machine has;
   * every ten minutes at most.
   *
   * @param date the header of an answer that has just come; null or nonsense says nothing
   */
  void heard(@Nullable String date) {
    Optional<String> warning = warning(date, Instant.now());
    if (warning.isEmpty()) {
      return;
    }
    long last = told.get();
    long now = System.nanoTime();
    if (now - last >= QUIET_NANOS && told.compareAndSet(last, now)) {
      LOG.warn("{}", warning.get());
    }
  }

  /** Returns what is to be said; empty when the clocks are close enough. */
  static Optional<String> warning(@Nullable String date, Instant here) {
    if (date == null) {
      return Optional.empty();
    }
    Instant there;
    try {
      there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
    Duration ahead = Duration.between(there, here);
    if (ahead.abs().compareTo(ALLOWED) <= 0) {
      return Optional.empty();
    }
    String effect =
        ahead.isNegative()
            ? "requests to delete are refused when it is 60 s, and nothing is deleted then; pulls"
                + " when it is 20 minutes"
            : "what is signed to delete or read is good for so much longer; when it is 15 minutes,"
                + " S3 refuses it";
    return Optional.of(
        "the clock of this machine is %d s %s that of S3 (%s here, %s there): %s"
            .formatted(
                ahead.abs().toSeconds(),
                ahead.isNegative() ? "behind" : "ahead of",
                here,
                there,
                effect));
  }
}
