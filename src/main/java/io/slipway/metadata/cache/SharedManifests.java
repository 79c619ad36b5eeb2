package io.slipway.metadata.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestBytes;
import io.slipway.metadata.ManifestHead;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.ReferrerPage;
import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * Spares a database that other processes change too the bytes of manifests: it is asked each time
 * what a reference names, and only bytes, which never change under a digest, come from elsewhere.
 */
public final class SharedManifests implements Manifests {
  private static final int ENTRY_BYTES = 400;

  private final Manifests manifests;
  private final ManifestBytes shared;
  private final Cache<Digest, Buffer> contents;

  /**
   * Decorates a store.
   *
   * @param shared asked before the bytes are read from the store
   * @param bytes how much of memory the bytes may take
   */
  public SharedManifests(Manifests manifests, ManifestBytes shared, long bytes) {
    this.manifests = manifests;
    this.shared = shared;
    this.contents =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .<Digest, Buffer>weigher((digest, content) -> ENTRY_BYTES + content.length())
            .recordStats()
            .build();
  }

  @Override
  public Future<Optional<StoredManifest>> find(RepositoryName repository, Reference reference) {
    return manifests
        .head(repository, reference)
        .compose(
            head ->
                head.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : find(repository, reference, head.get()));
  }

  private Future<Optional<StoredManifest>> find(
      RepositoryName repository, Reference reference, ManifestHead head) {
    Buffer kept = contents.getIfPresent(head.digest());
    if (kept != null) {
      return Future.succeededFuture(Optional.of(stored(head, kept)));
    }
    return shared
        .find(head.digest(), head.size())
        .compose(
            found -> {
              if (found.isEmpty()) {
                return load(repository, reference);
              }
              contents.put(head.digest(), found.get());
              return Future.succeededFuture(Optional.of(stored(head, found.get())));
            });
  }

  /** Asks by the reference again: since the first answer it may name something else, or nothing. */
  private Future<Optional<StoredManifest>> load(RepositoryName repository, Reference reference) {
    return manifests
        .find(repository, reference)
        .onSuccess(
            found ->
                found.ifPresent(
                    manifest -> {
                      contents.put(manifest.digest(), manifest.content());
                      shared.remember(manifest.digest(), manifest.content());
                    }));
  }

  private static StoredManifest stored(ManifestHead head, Buffer content) {
    return new StoredManifest(head.digest(), head.mediaType(), content);
  }

  @Override
  public Future<Optional<ManifestHead>> head(RepositoryName repository, Reference reference) {
    return manifests.head(repository, reference);
  }

  @Override
  public Future<Void> put(ManifestPush push) {
    return manifests.put(push);
  }

  @Override
  public Future<Optional<List<Tag>>> delete(RepositoryName repository, Digest digest, Actor actor) {
    return manifests.delete(repository, digest, actor);
  }

  @Override
  public Future<Optional<Digest>> deleteTag(RepositoryName repository, Tag tag, Actor actor) {
    return manifests.deleteTag(repository, tag, actor);
  }

  @Override
  public Future<ReferrerPage> referrers(
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      String after,
      int limit,
      long bytes) {
    return manifests.referrers(repository, subject, artifactType, after, limit, bytes);
  }

  @Override
  public Future<Optional<String>> damage(RepositoryName repository, Reference reference) {
    return manifests.damage(repository, reference);
  }

  @Override
  public void forget() {
    manifests.forget();
    contents.invalidateAll();
  }

  /** Returns its hits and misses so far. */
  public CacheStats stats() {
    return contents.stats();
  }
}
