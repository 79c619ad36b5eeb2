package io.slipway.blob.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/**
 * Keeps small blobs, configs for the most part, in memory: opening a file costs more than sending
 * what is in it.
 *
 * <p>Bytes never change under their location, so nothing here can be wrong; whether somebody may
 * read them is not asked here.
 */
public final class SmallBlobs implements BlobStore {
  /** Larger blobs are sent from where they are. */
  static final int MAX_BYTES = 16 * 1024;

  private static final int ENTRY_BYTES = 300;

  private final BlobStore store;
  private final Vertx vertx;
  private final Cache<String, BlobContent.InMemory> cache;

  /**
   * Decorates a store whose blobs are in files.
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
  public Future<BlobContent> open(String location, long size) {
    if (size > MAX_BYTES) {
      return store.open(location, size);
    }
    BlobContent.InMemory known = cache.getIfPresent(location);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return store
        .open(location, size)
        .compose(
            content ->
                content instanceof BlobContent.InFile file
                    ? read(location, file, size)
                    : Future.succeededFuture(content));
  }

  private Future<BlobContent> read(String location, BlobContent.InFile file, long size) {
    return vertx
        .fileSystem()
        .readFile(file.path().toString())
        .map(
            bytes -> {
              // Bytes of another length are damaged: the one who sends the file finds that out.
              if (bytes.length() != size) {
                return file;
              }
              BlobContent.InMemory content = new BlobContent.InMemory(compact(bytes));
              cache.put(location, content);
              return content;
            });
  }

  private static Buffer compact(Buffer bytes) {
    return Buffer.buffer(bytes.getBytes());
  }

  @Override
  public Future<Boolean> delete(String location) {
    return store.delete(location).onComplete(ignored -> cache.invalidate(location));
  }
}
