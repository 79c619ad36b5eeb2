package io.slipway.blob.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobContent.CacheAnswer;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.slipway.blob.BlobStream;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps small blobs, configs for the most part, in memory: opening a file, or asking another
 * machine, costs more than sending what is there.
 *
 * <p>Bytes are hashed before they are kept, so nothing here can be wrong; whether somebody may read
 * them is not asked here.
 */
public final class SmallBlobs implements BlobStore {
  private static final Logger LOG = LoggerFactory.getLogger(SmallBlobs.class);

  /** Larger blobs are sent from where they are. */
  static final int MAX_BYTES = 16 * 1024;

  private static final int ENTRY_BYTES = 300;

  private final BlobStore store;
  private final Vertx vertx;
  private final Cache<String, BlobContent.InMemory> cache;

  /**
   * Decorates a store.
   *
   * @param bytes how much of memory the cache may take
   */
  public SmallBlobs(BlobStore store, Vertx vertx, long bytes) {
    this.store = store;
    this.vertx = vertx;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .<String, BlobContent.InMemory>weigher(
                (location, content) -> ENTRY_BYTES + content.bytes().length())
            .recordStats()
            .build();
  }

  @Override
  public Future<BlobContent> open(BlobPlace place, long size) {
    if (size > MAX_BYTES) {
      return store.open(place, size);
    }
    BlobContent.InMemory known = cache.getIfPresent(place.location());
    if (known != null) {
      if (known.cache() == CacheAnswer.HIT) {
        LOG.info("Cache HIT for layer {} (served from memory)", place.digest());
      }
      return Future.succeededFuture(known);
    }
    return store
        .open(place, size)
        .compose(
            content ->
                switch (content) {
                  case BlobContent.InFile file ->
                      vertx
                          .fileSystem()
                          .readFile(file.path().toString())
                          .map(bytes -> keep(place, content, bytes, size));
                  case BlobContent.Cached cached -> read(place, cached, size);
                  case BlobContent.Streamed streamed -> read(place, streamed, size);
                  case BlobContent.InMemory memory -> Future.succeededFuture(memory);
                });
  }

  private Future<BlobContent> read(BlobPlace place, BlobContent.Cached cached, long size) {
    return vertx
        .fileSystem()
        .readFile(cached.path().toString())
        .compose(
            bytes -> {
              if (bytes.length() != size) {
                IOException cause = new IOException("it has " + bytes.length() + " bytes");
                return read(place, cached.lost(cause), size);
              }
              if (!isRight(place, bytes)) {
                return read(place, cached.wrong(), size);
              }
              cached.served();
              return Future.succeededFuture(keep(place, cached, bytes));
            },
            cause -> read(place, cached.lost(cause), size));
  }

  private Future<BlobContent> read(BlobPlace place, BlobContent.Streamed streamed, long size) {
    return streamed
        .read(0, size)
        .compose(BlobStream::collect)
        .map(bytes -> keep(place, streamed, bytes, size));
  }

  /** Damaged bytes are not kept: they would outlive their repair here. */
  private BlobContent keep(BlobPlace place, BlobContent content, Buffer bytes, long size) {
    return bytes.length() == size && isRight(place, bytes) ? keep(place, content, bytes) : content;
  }

  private BlobContent keep(BlobPlace place, BlobContent content, Buffer bytes) {
    CacheAnswer found = content.cache();
    CacheAnswer next = found == CacheAnswer.NONE ? CacheAnswer.NONE : CacheAnswer.HIT;
    BlobContent.InMemory kept = new BlobContent.InMemory(compact(bytes), next);
    cache.put(place.location(), kept);
    return found == next ? kept : new BlobContent.InMemory(kept.bytes(), found);
  }

  /** Takes some microseconds. */
  private static boolean isRight(BlobPlace place, Buffer bytes) {
    return place.digest().equals(Digest.of(place.digest().algorithm(), bytes.getBytes()));
  }

  private static Buffer compact(Buffer bytes) {
    return Buffer.buffer(bytes.getBytes());
  }

  @Override
  public Future<Boolean> delete(String location) {
    return store.delete(location).onComplete(ignored -> cache.invalidate(location));
  }
}
