package io.slipway.metadata.cache;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.LinkedBlob;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps which repository may read which blob.
 *
 * <p>Only that it may is kept, never that it may not: links are made in several places, and taken
 * away here only. HEAD, on whose answer a client does without a push, always asks the database.
 */
public final class CachedBlobLinks implements BlobLinks {
  private static final int ENTRY_BYTES = 500;

  private final BlobLinks links;
  private final ExactCache<Key, Optional<LinkedBlob>> cache;

  /**
   * Decorates a store.
   *
   * @param bytes how much of memory the cache may take
   */
  public CachedBlobLinks(BlobLinks links, long bytes) {
    this.links = links;
    this.cache = new ExactCache<>(bytes, (key, blob) -> ENTRY_BYTES + key.repository().length());
  }

  @Override
  public Future<Optional<LinkedBlob>> find(RepositoryName repository, Digest digest) {
    return cache.get(
        new Key(repository.text(), digest.text()),
        () -> links.find(repository, digest),
        Optional::isPresent);
  }

  @Override
  public Future<Optional<LinkedBlob>> touch(
      RepositoryName repository, Digest digest, Duration unlessWithin) {
    return links.touch(repository, digest, unlessWithin);
  }

  @Override
  public Future<Boolean> mount(
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      RepositoryFilter sources,
      Actor actor) {
    return links.mount(repository, digest, from, sources, actor);
  }

  @Override
  public Future<Void> commit(RepositoryName repository, StoredBlob blob, Actor actor) {
    return links.commit(repository, blob, actor);
  }

  @Override
  public Future<Boolean> unlink(RepositoryName repository, Digest digest, Actor actor) {
    return links
        .unlink(repository, digest, actor)
        .onComplete(ignored -> changed(repository, digest));
  }

  /** Forgets what was changed elsewhere in this process, after its commit. */
  void changed(RepositoryName repository, Digest digest) {
    cache.changed(new Key(repository.text(), digest.text()));
  }

  @Override
  public Future<Boolean> isNamed(Digest digest) {
    return links.isNamed(digest);
  }

  /** What is kept of other repositories stays; whoever reads through it finds no bytes again. */
  @Override
  public Future<Void> damaged(Digest digest, String location) {
    return links.damaged(digest, location);
  }

  @Override
  public Future<Optional<String>> damage(RepositoryName repository, Digest digest) {
    return links.damage(repository, digest);
  }

  @Override
  public void forget() {
    links.forget();
    cache.changed();
  }

  /** Returns its hits and misses so far. */
  public CacheStats stats() {
    return cache.stats();
  }

  /** A blob as one repository names it. */
  private record Key(String repository, String digest) {}
}
