package io.slipway.metadata;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Knows which repository may read which blob. Every answer is exact: it holds every change
 * acknowledged before the call.
 */
public interface BlobLinks {

  /** Finds a blob a repository links; damaged blobs are absent. */
  Future<Optional<LinkedBlob>> find(RepositoryName repository, Digest digest);

  /**
   * Finds a blob and keeps it from being collected, for its sender asks in order not to push it
   * again. Always asks the database.
   *
   * @param unlessWithin a touch younger than this counts as one
   */
  Future<Optional<LinkedBlob>> touch(
      RepositoryName repository, Digest digest, Duration unlessWithin);

  /**
   * Links a blob that another repository links.
   *
   * @param from the repository to take it from; empty for any of the sources that is found in a
   *     bounded look at the repositories that link the blob
   * @param sources the repositories to take it from; another one is as if it were not there
   * @return whether there was one to take it from
   */
  Future<Boolean> mount(
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      RepositoryFilter sources,
      Actor actor);

  /**
   * Names new bytes and links them, in one transaction; bytes of this digest that were there first
   * stay in use.
   */
  Future<Void> commit(RepositoryName repository, StoredBlob blob, Actor actor);

  /**
   * Unlinks a blob.
   *
   * @return whether it was linked; fails with {@code DELETE_REFUSED} while a manifest of the
   *     repository names it
   */
  Future<Boolean> unlink(RepositoryName repository, Digest digest, Actor actor);

  /**
   * Tells whether the registry has a blob row of this digest, linked or not. Waits for whoever is
   * making one, a transaction whose process is dead or was given up included; fails with {@code
   * UNAVAILABLE} when that takes longer than the database lets anybody wait for a lock.
   */
  Future<Boolean> isNamed(Digest digest);

  /**
   * Notes that nothing is where the bytes of a digest should be: the blob is absent until somebody
   * pushes it again. Does nothing when they are elsewhere by now.
   */
  Future<Void> damaged(Digest digest, String location);

  /** Tells why a blob that a repository links is absent; empty when it is not damaged. */
  Future<Optional<String>> damage(RepositoryName repository, Digest digest);

  /** Forgets what it has in memory: somebody changed blobs behind its back. */
  default void forget() {}
}
