package io.slipway.event;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import java.util.Optional;

/**
 * A change that was committed. Who did it is the {@code actor}, {@code anonymous} without
 * authentication.
 */
public sealed interface Event {

  Actor actor();

  /** A change of what one repository has. */
  sealed interface InRepository extends Event {
    RepositoryName repository();
  }

  /** A manifest was pushed, whether it was new or not. */
  record ManifestPushed(
      RepositoryName repository,
      Actor actor,
      Digest digest,
      String mediaType,
      long size,
      Optional<Digest> subject)
      implements InRepository {}

  /** A manifest was deleted by digest, and every tag that named it with it. */
  record ManifestDeleted(RepositoryName repository, Actor actor, Digest digest)
      implements InRepository {}

  /** A tag was made or moved; {@code version} counts its changes from 1 and orders its events. */
  record TagMoved(RepositoryName repository, Actor actor, Tag tag, Digest digest, long version)
      implements InRepository {}

  /** A tag was deleted; its manifest was not. */
  record TagDeleted(RepositoryName repository, Actor actor, Tag tag, long version)
      implements InRepository {}

  /** A blob was uploaded; {@code stored} tells whether its bytes were new to the registry. */
  record BlobPushed(
      RepositoryName repository, Actor actor, Digest digest, long size, boolean stored)
      implements InRepository {}

  /** A blob was linked from another repository, without its bytes being sent. */
  record BlobMounted(RepositoryName repository, Actor actor, Digest digest, RepositoryName from)
      implements InRepository {}

  /** A blob was unlinked from a repository. */
  record BlobDeleted(RepositoryName repository, Actor actor, Digest digest)
      implements InRepository {}

  /** The bytes of a blob that a repository links are wrong or missing; a push heals it. */
  record BlobDamaged(RepositoryName repository, Actor actor, Digest digest, String reason)
      implements InRepository {}

  /** A collection of garbage began; {@code run} is its name. */
  record GcStarted(Actor actor, String run) implements Event {}

  /**
   * A collection of garbage that somebody asked for came to the end of a phase; the numbers are
   * what it deleted until then.
   *
   * @param phase {@code manifests}, {@code links} or {@code blobs}
   * @param bytes of the blobs
   */
  record GcProgressed(
      Actor actor, String run, String phase, long manifests, long links, long blobs, long bytes)
      implements Event {}

  /**
   * A collection of garbage ended.
   *
   * @param outcome {@code completed}, or {@code stopped} or {@code failed} before its end
   * @param bytes of the blobs
   */
  record GcCompleted(
      Actor actor, String run, String outcome, long manifests, long blobs, long bytes)
      implements Event {}

  /**
   * Who may do what was changed.
   *
   * @param change what was done to what: {@code user.created}, {@code policy.deleted}
   * @param subject what it was done to; never a secret
   */
  record AccessChanged(Actor actor, String change, String subject) implements Event {}
}
