package io.slipway.repository;

import io.slipway.blob.StorageReserve;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.PullTimes;
import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Manifest;
import io.slipway.oci.ManifestParser;
import io.slipway.oci.Reference;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads, pushes and deletes manifests (distribution-spec, "Pulling manifests", "Pushing Manifests",
 * "Deleting tags").
 */
public final class ManifestService {
  private final Manifests manifests;
  private final PullTimes pullTimes;
  private final StorageReserve reserve;
  private final WorkerExecutor parsers;
  private final boolean referencesRequired;

  /**
   * Takes its stores.
   *
   * @param reserve asked before a push, for metadata may lie on the same disk
   * @param parsers where manifests are hashed and parsed, off the event loops
   * @param referencesRequired whether a manifest whose blobs are missing is refused
   */
  public ManifestService(
      Manifests manifests,
      PullTimes pullTimes,
      StorageReserve reserve,
      WorkerExecutor parsers,
      boolean referencesRequired) {
    this.manifests = manifests;
    this.pullTimes = pullTimes;
    this.reserve = reserve;
    this.parsers = parsers;
    this.referencesRequired = referencesRequired;
  }

  /** Finds a manifest to be pulled; fails with {@code MANIFEST_UNKNOWN}. */
  public Future<StoredManifest> get(RepositoryName repository, Reference reference) {
    Future<Optional<StoredManifest>> found = manifests.find(repository, reference);
    if (found.succeeded()) {
      // From the cache: no need for another future.
      return found.result().isPresent()
          ? Future.succeededFuture(pulled(repository, found.result().get()))
          : absent(repository, reference);
    }
    return found.compose(
        manifest ->
            manifest.isPresent()
                ? Future.succeededFuture(pulled(repository, manifest.get()))
                : absent(repository, reference));
  }

  /** Says why: bytes that are damaged are there again as soon as somebody pushes them. */
  private <T> Future<T> absent(RepositoryName repository, Reference reference) {
    return manifests
        .damage(repository, reference)
        .compose(
            damage ->
                Future.failedFuture(
                    damage
                        .map(reason -> damaged(reference, reason))
                        .orElseGet(() -> unknown("read", repository, reference))));
  }

  private static RegistryException damaged(Reference reference, String reason) {
    return new RegistryException(
        ErrorCode.MANIFEST_UNKNOWN,
        "tried to read the manifest "
            + reference.text()
            + " but it is damaged: "
            + reason
            + "; push it again",
        Map.of("reference", reference.text(), "damage", reason));
  }

  private StoredManifest pulled(RepositoryName repository, StoredManifest manifest) {
    pullTimes.pulled(repository, manifest.digest());
    return manifest;
  }

  /**
   * Pushes a manifest.
   *
   * <p>Fails with {@code MANIFEST_INVALID}, {@code MANIFEST_BLOB_UNKNOWN}, {@code DIGEST_INVALID}
   * when it is not what the path says, {@code PRECONDITION_FAILED}; then nothing was changed.
   */
  public Future<ManifestReceipt> put(ManifestUpload upload) {
    return reserve
        .require(upload.content().length())
        .compose(ignored -> parsers.executeBlocking(() -> verify(upload), false))
        .map(Objects::requireNonNull)
        .compose(
            push ->
                manifests
                    .put(push)
                    .map(
                        new ManifestReceipt(
                            push.digest(), push.manifest().subject(), push.tags())));
  }

  private ManifestPush verify(ManifestUpload upload) {
    byte[] content = upload.content().getBytes();
    DigestAlgorithm algorithm =
        upload.reference() instanceof Digest expected
            ? expected.algorithm()
            : DigestAlgorithm.SHA256;
    Digest digest = Digest.of(algorithm, content);
    if (upload.reference() instanceof Digest expected && !expected.equals(digest)) {
      throw new RegistryException(
          ErrorCode.DIGEST_INVALID,
          "tried to store the manifest as " + expected + " but its content is " + digest,
          Map.of("expected", expected.text(), "actual", digest.text()));
    }
    Manifest manifest = ManifestParser.parse(content, upload.contentType());
    Stream<Tag> own =
        upload.reference() instanceof Tag tag ? Stream.of(tag) : upload.tags().stream();
    List<Tag> tags = own.distinct().sorted(Comparator.comparing(Tag::text)).toList();
    return new ManifestPush(
        upload.repository(),
        digest,
        manifest,
        upload.content(),
        tags,
        upload.condition(),
        referencesRequired,
        upload.actor());
  }

  /**
   * Deletes a manifest with its tags, or one tag alone.
   *
   * @return the digest that was deleted or named; fails with {@code MANIFEST_UNKNOWN} or {@code
   *     DELETE_REFUSED}
   */
  public Future<Digest> delete(RepositoryName repository, Reference reference, Actor actor) {
    Future<Optional<Digest>> deleted =
        switch (reference) {
          case Digest digest ->
              manifests.delete(repository, digest, actor).map(tags -> tags.map(gone -> digest));
          case Tag tag -> manifests.deleteTag(repository, tag, actor);
        };
    return deleted.map(found -> found.orElseThrow(() -> unknown("delete", repository, reference)));
  }

  private static RegistryException unknown(
      String action, RepositoryName repository, Reference reference) {
    return new RegistryException(
        ErrorCode.MANIFEST_UNKNOWN,
        "tried to "
            + action
            + " the manifest "
            + reference.text()
            + " but "
            + repository
            + " does not have it",
        Map.of("reference", reference.text()));
  }
}
