package io.slipway.blob.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobContent.CacheAnswer;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.slipway.blob.BlobStream;
import io.slipway.blob.StorageCacheConfig;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Keeps blobs of another machine in files, by digest. One read of the other machine serves
 * everybody who wants a cold blob at the time. Whether somebody may read a blob is not asked here,
 * and whatever fails here costs speed and nothing else.
 */
public final class DiskCache implements BlobStore {
  private static final int CLOSE_SECONDS = 10;

  private final BlobStore store;
  private final CacheFolder folder;
  private final CacheIndex index;
  private final CacheReport report;
  private final CacheUpkeep upkeep;
  private final Fills fills;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("slipway-cache-", 0).factory());

  private DiskCache(
      Vertx vertx, BlobStore store, CacheFolder folder, CacheIndex index, MeterRegistry meters) {
    this.store = store;
    this.folder = folder;
    this.index = index;
    this.report = new CacheReport(meters);
    this.upkeep = new CacheUpkeep(folder, index, report, threads);
    this.fills = new Fills(vertx, folder, index, upkeep, report, threads);
    report.observe(index, fills);
  }

  /**
   * Takes a folder; what an earlier process left there is found while the cache is at work. Blocks.
   *
   * @throws IOException with a sentence for people when it cannot be used
   */
  public static DiskCache open(
      Vertx vertx, BlobStore store, Path path, StorageCacheConfig config, MeterRegistry meters)
      throws IOException {
    CacheIndex index =
        new CacheIndex(
            config.highBytes(),
            config.lowBytes(),
            CacheIndex.mostFiles(Runtime.getRuntime().maxMemory()),
            Clock.systemUTC());
    return open(vertx, store, path, index, meters);
  }

  static DiskCache open(
      Vertx vertx, BlobStore store, Path path, CacheIndex index, MeterRegistry meters)
      throws IOException {
    DiskCache cache = new DiskCache(vertx, store, CacheFolder.take(path), index, meters);
    cache.upkeep.takeOver();
    return cache;
  }

  @Override
  public Future<BlobContent> open(BlobPlace place, long size) {
    Digest digest = place.digest();
    return switch (index.use(digest, size)) {
      case ABSENT -> store.open(place, size).map(content -> cold(digest, size, content));
      case PRESENT -> Future.succeededFuture(new Hit(place, size));
      case PRESENT_FOR_LONG -> {
        upkeep.touch(digest);
        yield Future.succeededFuture(new Hit(place, size));
      }
    };
  }

  private BlobContent cold(Digest digest, long size, BlobContent content) {
    return content instanceof BlobContent.Streamed streamed
        ? new Cold(digest, size, streamed, fills.hasWhole(digest))
        : content;
  }

  @Override
  public Future<Boolean> delete(String location) {
    return store.delete(location);
  }

  /** Ends what is under way and gives the folder free. Blocks, some twenty seconds at most. */
  public void close() throws InterruptedException {
    try {
      upkeep.close();
      fills.close();
      threads.shutdown();
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } finally {
      folder.close();
    }
  }

  /** A blob that has a file, for one request. */
  private final class Hit implements BlobContent.Cached {
    private final BlobPlace place;
    private final long size;
    private boolean told;

    Hit(BlobPlace place, long size) {
      this.place = place;
      this.size = size;
    }

    @Override
    public Path path() {
      return folder.file(place.digest());
    }

    @Override
    public void served() {
      if (!told) {
        told = true;
        report.hit(place.digest());
      }
    }

    @Override
    public BlobContent.Streamed lost(Throwable cause) {
      report.lost(place.digest(), cause);
      upkeep.check(place.digest(), size);
      return uncached(cause);
    }

    @Override
    public BlobContent.Streamed wrong() {
      IOException cause = new IOException("the file has other bytes");
      report.lost(place.digest(), cause);
      upkeep.drop(place.digest());
      return uncached(cause);
    }

    private BlobContent.Streamed uncached(Throwable cause) {
      BlobContent.Streamed uncached =
          (offset, length) ->
              store
                  .open(place, size)
                  .compose(
                      content ->
                          content instanceof BlobContent.Streamed streamed
                              ? streamed.read(offset, length)
                              : Future.failedFuture(cause));
      return new Cold(place.digest(), size, uncached, false);
    }
  }

  /** A blob that has no file, or not yet, for one request. */
  private final class Cold implements BlobContent.Streamed {
    private final Digest digest;
    private final long size;
    private final BlobContent.Streamed content;
    private final boolean hit;
    private boolean told;

    /** Takes the content that a store gave; a hit when all of it is in a file, on its way. */
    Cold(Digest digest, long size, BlobContent.Streamed content, boolean hit) {
      this.digest = digest;
      this.size = size;
      this.content = content;
      this.hit = hit;
    }

    @Override
    public CacheAnswer cache() {
      return hit ? CacheAnswer.HIT : CacheAnswer.MISS;
    }

    @Override
    public Future<BlobStream> read(long offset, long length) {
      Fills.Followed followed = fills.read(digest, size, content, offset, length);
      if (!told) {
        told = true;
        tell(followed != null, followed != null && followed.first());
      }
      return followed == null ? content.read(offset, length) : followed.bytes();
    }

    @Override
    public Optional<Future<URI>> elsewhere() {
      return content.elsewhere();
    }

    private void tell(boolean fromFile, boolean first) {
      if (hit && fromFile && !first) {
        report.hit(digest);
      } else if (first) {
        report.missed();
      } else if (fromFile) {
        report.missedAlong(digest);
      } else {
        report.missedPast(digest);
      }
    }
  }
}
