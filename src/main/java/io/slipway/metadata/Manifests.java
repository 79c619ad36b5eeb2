package io.slipway.metadata;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Keeps manifests, and the tags that move with them. Every answer is exact. */
public interface Manifests {

  /**
   * Finds a manifest by tag or digest; one whose bytes have another digest is marked as damaged and
   * absent.
   */
  Future<Optional<StoredManifest>> find(RepositoryName repository, Reference reference);

  /** Finds a manifest by tag or digest without reading its bytes. */
  Future<Optional<ManifestHead>> head(RepositoryName repository, Reference reference);

  /**
   * Stores a manifest and moves its tags, in one transaction.
   *
   * <p>Fails with {@code MANIFEST_BLOB_UNKNOWN} naming what is missing, or {@code
   * PRECONDITION_FAILED} when a tag was moved meanwhile.
   */
  Future<Void> put(ManifestPush push);

  /**
   * Deletes a manifest and every tag that names it.
   *
   * @return the tags that went with it; empty when there is no such manifest; fails with {@code
   *     DELETE_REFUSED} while an index names it
   */
  Future<Optional<List<Tag>>> delete(RepositoryName repository, Digest digest, Actor actor);

  /** Deletes a tag and leaves its manifest, whose digest it returns; empty when there is no tag. */
  Future<Optional<Digest>> deleteTag(RepositoryName repository, Tag tag, Actor actor);

  /**
   * Lists the manifests whose subject this digest is, by digest: as many as the bounds allow, and
   * one at least. No more than that is read.
   *
   * @param artifactType only those of this type; empty for all
   * @param after the last digest of the page before; empty text for the first page
   * @param limit how many at most
   * @param bytes how long their artifact types and annotations together are at most, in UTF-8; the
   *     first may be longer alone
   */
  Future<ReferrerPage> referrers(
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      String after,
      int limit,
      long bytes);

  /** Tells why a manifest is absent; empty when it is not damaged. */
  Future<Optional<String>> damage(RepositoryName repository, Reference reference);

  /** Forgets what it has in memory: somebody changed manifests behind its back. */
  default void forget() {}
}
