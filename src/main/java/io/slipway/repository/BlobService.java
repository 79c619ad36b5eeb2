package io.slipway.repository;

import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.LinkedBlob;
import io.slipway.metadata.PushHits;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Reads, mounts and deletes the blobs of a repository (distribution-spec, "Pulling blobs",
 * "Mounting a blob").
 */
public final class BlobService {
  private final BlobLinks links;
  private final BlobStore store;
  private final Duration touchInterval;
  private final PushHits hits;

  /**
   * Takes its stores.
   *
   * @param touchInterval how long one HEAD keeps a blob from being touched again; a quarter of the
   *     grace of collection
   * @param hits told of each HEAD that spares a push
   */
  public BlobService(BlobLinks links, BlobStore store, Duration touchInterval, PushHits hits) {
    this.links = links;
    this.store = store;
    this.touchInterval = touchInterval;
    this.hits = hits;
  }

  /** Finds a blob to be sent; fails with {@code BLOB_UNKNOWN}. */
  public Future<BlobDownload> get(RepositoryName repository, Digest digest) {
    return links
        .find(repository, digest)
        .compose(
            found -> {
              if (found.isEmpty()) {
                return absent(repository, digest);
              }
              LinkedBlob blob = found.get();
              return store
                  .open(place(repository, blob), blob.size())
                  .map(content -> new BlobDownload(blob, content));
            });
  }

  private BlobPlace place(RepositoryName repository, LinkedBlob blob) {
    return new BlobPlace() {
      @Override
      public Digest digest() {
        return blob.digest();
      }

      @Override
      public String location() {
        return blob.location();
      }

      @Override
      public Future<Optional<String>> again() {
        return links.find(repository, blob.digest()).map(found -> found.map(LinkedBlob::location));
      }

      @Override
      public Future<Void> missing(String location) {
        return links.damaged(blob.digest(), location);
      }
    };
  }

  /**
   * Finds a blob for a client that wants to know whether it must push it; fails with {@code
   * BLOB_UNKNOWN}.
   */
  public Future<LinkedBlob> head(RepositoryName repository, Digest digest) {
    return links
        .touch(repository, digest, touchInterval)
        .map(found -> found.orElseThrow(() -> unknown("find", repository, digest)))
        .onSuccess(ignored -> hits.spared());
  }

  /** Links a blob of another repository, one of the sources; false when there is none to link. */
  public Future<Boolean> mount(
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      RepositoryFilter sources,
      Actor actor) {
    return links.mount(repository, digest, from, sources, actor);
  }

  /**
   * Unlinks a blob; fails with {@code BLOB_UNKNOWN}, or {@code DELETE_REFUSED} while a manifest
   * names it.
   */
  public Future<Void> delete(RepositoryName repository, Digest digest, Actor actor) {
    return links
        .unlink(repository, digest, actor)
        .compose(
            unlinked ->
                unlinked
                    ? Future.succeededFuture()
                    : Future.failedFuture(unknown("delete", repository, digest)));
  }

  /**
   * Says why, to readers only, for an answer to HEAD has no words: bytes that are damaged are there
   * again as soon as somebody pushes them.
   */
  private <T> Future<T> absent(RepositoryName repository, Digest digest) {
    return links
        .damage(repository, digest)
        .compose(
            damage ->
                Future.failedFuture(
                    damage
                        .map(reason -> damaged(digest, reason))
                        .orElseGet(() -> unknown("read", repository, digest))));
  }

  private static RegistryException damaged(Digest digest, String reason) {
    return new RegistryException(
        ErrorCode.BLOB_UNKNOWN,
        "tried to read the blob " + digest + " but it is damaged: " + reason + "; push it again",
        Map.of("digest", digest.text(), "damage", reason));
  }

  private static RegistryException unknown(
      String action, RepositoryName repository, Digest digest) {
    return new RegistryException(
        ErrorCode.BLOB_UNKNOWN,
        "tried to " + action + " the blob " + digest + " but " + repository + " does not have it",
        Map.of("digest", digest.text()));
  }
}
