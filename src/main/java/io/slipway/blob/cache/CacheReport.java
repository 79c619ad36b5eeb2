package io.slipway.blob.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.oci.Digest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what the disk cache does, in the log and in numbers. */
final class CacheReport {
  private static final Logger LOG = LoggerFactory.getLogger(CacheReport.class);

  private final MeterRegistry meters;
  private final Counter hits;
  private final Counter misses;
  private final Counter evictions;
  private final Counter diskFailures;
  private final Counter wrongBytes;

  CacheReport(MeterRegistry meters) {
    this.meters = meters;
    // The name and the label that the caches in memory have.
    this.hits = cache(meters, "slipway.cache.hits");
    this.misses = cache(meters, "slipway.cache.misses");
    this.evictions =
        Counter.builder("slipway.disk.cache.evictions")
            .description("Blobs dropped from the disk cache to make room")
            .register(meters);
    this.diskFailures = failures(meters, "disk");
    this.wrongBytes = failures(meters, "digest");
  }

  /** Shows how much there is. */
  void observe(CacheIndex index, Fills fills) {
    Gauge.builder("slipway.disk.cache.fills", fills::underWay)
        .description("Blobs that are on their way into the disk cache")
        .register(meters);
    Gauge.builder("slipway.disk.cache.used", index::bytes)
        .description("Size of the disk cache")
        .baseUnit("bytes")
        .register(meters);
  }

  private static Counter cache(MeterRegistry meters, String name) {
    return Counter.builder(name)
        .description("Answers that were in the cache, or were not")
        .tag("cache", "disk")
        .register(meters);
  }

  private static Counter failures(MeterRegistry meters, String reason) {
    return Counter.builder("slipway.disk.cache.failures")
        .description("Blobs that could not be kept or read on disk")
        .tag("reason", reason)
        .register(meters);
  }

  void hit(Digest digest) {
    hits.increment();
    LOG.info("Cache HIT for layer {} (served from disk)", digest);
  }

  /** A request that waits for a fill; what comes of it is told when that ends. */
  void missed() {
    misses.increment();
  }

  void missedAlong(Digest digest) {
    misses.increment();
    LOG.info("Cache MISS for layer {} (read along with another request)", digest);
  }

  void missedPast(Digest digest) {
    misses.increment();
    LOG.info("Cache MISS for layer {} (fetched from S3, not cached)", digest);
  }

  void kept(Digest digest) {
    LOG.info("Cache MISS for layer {} (fetched from S3, cached)", digest);
  }

  void notKept(Fill fill) {
    Throwable cause = fill.cause();
    if (fill.state() == Fill.State.WRONG) {
      wrongBytes.increment();
      LOG.error("Cache MISS for layer {} (not cached): {}", fill.digest(), text(cause));
    } else {
      String why = cause == null ? "its readers have left" : text(cause);
      LOG.info("Cache MISS for layer {} (not cached: {})", fill.digest(), why);
    }
  }

  void diskFailed(Digest digest, @Nullable Throwable cause) {
    diskFailures.increment();
    LOG.warn(
        "Cache MISS for layer {} (not cached): the disk of the cache fails: {}",
        digest,
        String.valueOf(cause));
  }

  private static String text(@Nullable Throwable cause) {
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  /** A file that should be there cannot be read. */
  void lost(Digest digest, Throwable cause) {
    diskFailures.increment();
    LOG.info("tried to read {} from the disk cache but {}", digest, cause.toString());
  }

  void evicted(int count) {
    evictions.increment(count);
  }

  void upkeepFailed(String what, Throwable cause) {
    LOG.warn("tried to {} in the disk cache but {}", what, cause.toString());
  }

  void found(CacheFolder folder, int files, long bytes) {
    LOG.info("the disk cache in {} has {} blobs, {} bytes", folder.root(), files, bytes);
  }
}
