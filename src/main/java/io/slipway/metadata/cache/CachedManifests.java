package io.slipway.metadata.cache;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.slipway.event.Actor;
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
import java.util.List;
import java.util.Optional;

/** Keeps manifests ready to be sent, by tag and by digest; that there is none is kept too. */
public final class CachedManifests implements Manifests {
  private static final int ENTRY_BYTES = 400;

  private final Manifests manifests;
  private final ExactCache<Key, Optional<StoredManifest>> cache;

  /**
   * Decorates a store.
   *
   * @param bytes how much of memory the cache may take
   */
  public CachedManifests(Manifests manifests, long bytes) {
    this.manifests = manifests;
    this.cache = new ExactCache<>(bytes, CachedManifests::weight);
  }

  private static int weight(Key key, Optional<StoredManifest> manifest) {
    return ENTRY_BYTES
        + key.repository().length()
        + key.reference().length()
        + manifest.map(found -> found.content().length()).orElse(0);
  }

  @Override
  public Future<Optional<StoredManifest>> find(RepositoryName repository, Reference reference) {
    return cache.get(
        new Key(repository.text(), reference.text()),
        () -> manifests.find(repository, reference),
        // A push heals a damaged one under whatever tag, and whoever is absent is asked for again.
        Optional::isPresent);
  }

  @Override
  public Future<Optional<ManifestHead>> head(RepositoryName repository, Reference reference) {
    return manifests.head(repository, reference);
  }

  @Override
  public Future<Void> put(ManifestPush push) {
    return manifests
        .put(push)
        .onComplete(
            ignored -> {
              changed(push.repository(), push.digest());
              push.tags().forEach(tag -> changed(push.repository(), tag));
            });
  }

  @Override
  public Future<Optional<List<Tag>>> delete(RepositoryName repository, Digest digest, Actor actor) {
    return manifests
        .delete(repository, digest, actor)
        .onComplete(ignored -> changed(repository, digest))
        .onSuccess(tags -> tags.ifPresent(found -> found.forEach(tag -> changed(repository, tag))));
  }

  @Override
  public Future<Optional<Digest>> deleteTag(RepositoryName repository, Tag tag, Actor actor) {
    return manifests
        .deleteTag(repository, tag, actor)
        .onComplete(ignored -> changed(repository, tag));
  }

  /** Forgets what was changed elsewhere in this process, after its commit. */
  void changed(RepositoryName repository, Reference reference) {
    cache.changed(new Key(repository.text(), reference.text()));
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
    // A push heals it under whatever tag: that it is absent is not to be kept under the others.
    return manifests
        .damage(repository, reference)
        .onSuccess(damage -> damage.ifPresent(reason -> changed(repository, reference)));
  }

  @Override
  public void forget() {
    manifests.forget();
    cache.changed();
  }

  /** Returns its hits and misses so far. */
  public CacheStats stats() {
    return cache.stats();
  }

  /** A reference as the path names it. */
  private record Key(String repository, String reference) {}
}
