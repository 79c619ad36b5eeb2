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

  RepositoryName repository();

  String actor();

  /** A manifest was pushed, whether it was new or not. */
  record ManifestPushed(
      RepositoryName repository,
      String actor,
      Digest digest,
      String mediaType,
      long size,
      Optional<Digest> subject)
      implements Event {}

  /** A manifest was deleted by digest, and every tag that named it with it. */
  record ManifestDeleted(RepositoryName repository, String actor, Digest digest) implements Event {}

  /** A tag was made or moved; {@code version} counts its changes from 1 and orders its events. */
  record TagMoved(RepositoryName repository, String actor, Tag tag, Digest digest, long version)
      implements Event {}

  /** A tag was deleted; its manifest was not. */
  record TagDeleted(RepositoryName repository, String actor, Tag tag, long version)
      implements Event {}

  /** A blob was uploaded; {@code stored} tells whether its bytes were new to the registry. */
  record BlobPushed(
      RepositoryName repository, String actor, Digest digest, long size, boolean stored)
      implements Event {}

  /** A blob was linked from another repository, without its bytes being sent. */
  record BlobMounted(RepositoryName repository, String actor, Digest digest, RepositoryName from)
      implements Event {}

  /** A blob was unlinked from a repository. */
  record BlobDeleted(RepositoryName repository, String actor, Digest digest) implements Event {}
}
