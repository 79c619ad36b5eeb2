package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Marks manifests whose bytes are wrong: they are absent until somebody pushes them again. */
final class ManifestDamage {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestDamage.class);

  /** Up to here a hash takes less time than handing it to another thread and back. */
  private static final int HASHED_AT_ONCE = 32 * 1024;

  // Only the bytes that were looked at: a push may have brought others.
  private static final String DAMAGED =
      "UPDATE manifest SET damage = $3 WHERE repo = $1 AND digest = $2 AND content = $4";

  private ManifestDamage() {}

  /**
   * Returns a manifest that was read if its bytes have its digest; else it is marked and absent, or
   * {@code UNAVAILABLE} when it has other bytes by now. Large ones are hashed off the event loop of
   * the caller.
   */
  static Future<Optional<StoredManifest>> checked(
      Database database, RepositoryName repository, StoredManifest manifest) {
    byte[] content = manifest.content().getBytes();
    return digest(content, manifest.digest())
        .compose(
            digest ->
                digest.equals(manifest.digest())
                    ? Future.succeededFuture(Optional.of(manifest))
                    : mark(
                            database,
                            repository.text(),
                            manifest.digest(),
                            content,
                            "its bytes have the digest " + digest)
                        .compose(
                            marked ->
                                marked
                                    ? Future.succeededFuture(Optional.empty())
                                    : Future.failedFuture(changed(manifest.digest()))));
  }

  private static RegistryException changed(Digest digest) {
    return new RegistryException(
        ErrorCode.UNAVAILABLE,
        "tried to read the manifest " + digest + " but its bytes changed meanwhile; try again");
  }

  private static Future<Digest> digest(byte[] content, Digest expected) {
    Context context = Vertx.currentContext();
    return content.length <= HASHED_AT_ONCE || context == null
        ? Future.succeededFuture(Digest.of(expected.algorithm(), content))
        : context
            .executeBlocking(() -> Digest.of(expected.algorithm(), content), false)
            .map(Objects::requireNonNull);
  }

  private static Future<Boolean> mark(
      Database database, String repository, Digest digest, byte[] content, String reason) {
    return mark(database, repository, digest.text(), content, reason)
        .onSuccess(
            marked -> {
              if (marked) {
                LOG.error(
                    "the manifest {} of {} is damaged and not served until it is pushed again: {}",
                    digest,
                    repository,
                    reason);
              }
            });
  }

  /**
   * Marks a manifest.
   *
   * @param content the bytes that were found wrong
   * @return false when it has other bytes by now, or was deleted
   */
  static Future<Boolean> mark(
      Database database, String repository, String digest, byte[] content, String reason) {
    return database.update(DAMAGED, repository, digest, reason, content).map(rows -> rows == 1);
  }
}
