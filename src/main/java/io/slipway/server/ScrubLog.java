package io.slipway.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.storage.ScrubWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs and counts what scrubs of a running registry find, and has its caches forget it. */
final class ScrubLog implements ScrubWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubLog.class);

  private final MetadataStores metadata;
  private final Counter bytes;
  private final Counter damaged;
  private final Counter unreadable;

  ScrubLog(MetadataStores metadata, MeterRegistry meters) {
    this.metadata = metadata;
    this.bytes =
        Counter.builder("slipway.scrub.bytes")
            .description("Bytes that scrubs read and hashed")
            .register(meters);
    this.damaged =
        Counter.builder("slipway.scrub.damaged")
            .description("Blobs and manifests that scrubs found wrong or missing")
            .register(meters);
    this.unreadable =
        Counter.builder("slipway.scrub.unreadable")
            .description("Blobs and manifests that scrubs could not read")
            .register(meters);
  }

  @Override
  public void read(long count) {
    bytes.increment((double) count);
  }

  @Override
  public void damaged(String what, String reason) {
    damaged.increment();
    LOG.error("{} is damaged and not served until it is pushed again: {}", what, reason);
  }

  @Override
  public void healed(String what) {
    LOG.warn("{} was damaged and is right again", what);
  }

  @Override
  public void copy(String what, String reason) {
    LOG.warn("the copy of {} is written again: {}", what, reason);
  }

  @Override
  public void unreadable(String what, Throwable cause) {
    unreadable.increment();
    LOG.warn("tried to check {} but {}; the next scrub tries again", what, cause.toString());
  }

  @Override
  public void changed() {
    metadata.links().forget();
    metadata.manifests().forget();
  }
}
