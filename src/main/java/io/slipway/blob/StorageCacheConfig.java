package io.slipway.blob;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Configures what is kept nearer than in the database and in S3. */
public record StorageCacheConfig(
    @Doc("What keeps manifests besides the memory of each process.") @Default("none") Type type,
    @Doc(
            "Redis, with type: redis: redis://user:password@host:port/database, redis-sentinel://host,host/database?master=name or redis-cluster://host,host; rediss… is TLS.")
        @Nullable Secret redisUrl,
    @Doc(
            "Folder on a local disk for blobs that were pulled, of this process alone; without it none are kept.")
        @Nullable Path diskPath,
    @Doc("Size of that folder in GB (of 1000000000 bytes); 0 keeps no blobs.") @Default("10")
        int diskSizeGb,
    @Doc("Percentage of disk_size_gb above which blobs are dropped, those not pulled for longest.")
        @Default("95")
        int diskHigh,
    @Doc("Percentage of disk_size_gb down to which they are dropped.") @Default("85") int diskLow) {
  /** What nodes share manifests in. */
  public enum Type {
    NONE,
    REDIS
  }

  private static final int MOST_GB = 1_000_000;
  private static final long GB = 1_000_000_000;
  private static final int ALL = 100;

  public StorageCacheConfig {
    new Checks()
        .that(
            (type == Type.REDIS) == (redisUrl != null),
            "redis_url",
            type == Type.REDIS ? "where Redis is, because type is redis" : "type: redis with it")
        .range("disk_size_gb", diskSizeGb, 0, MOST_GB)
        .range("disk_high", diskHigh, 2, ALL)
        .that(diskLow >= 1 && diskLow < diskHigh, "disk_low", "a number from 1 to below disk_high")
        .done();
  }

  /** Returns the size in bytes above which blobs are dropped. */
  public long highBytes() {
    return diskSizeGb * GB / ALL * diskHigh;
  }

  /** Returns the size in bytes down to which they are dropped. */
  public long lowBytes() {
    return diskSizeGb * GB / ALL * diskLow;
  }
}
