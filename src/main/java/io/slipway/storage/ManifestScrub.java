package io.slipway.storage;

import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.KnownManifest;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.Optional;

/** Looks at the bytes of one manifest after the other, and repairs them from their copies. */
final class ManifestScrub {
  private final Vertx vertx;
  private final CopyReader copies;
  private final Scrubbed metadata;
  private final Pace pace;
  private final ScrubCount count;
  private final boolean dryRun;
  private final CopyScrub copyScrub;

  ManifestScrub(
      Vertx vertx,
      CopyReader copies,
      CopyScrub copyScrub,
      Scrubbed metadata,
      Pace pace,
      ScrubCount count,
      boolean dryRun) {
    this.vertx = vertx;
    this.copies = copies;
    this.metadata = metadata;
    this.pace = pace;
    this.count = count;
    this.dryRun = dryRun;
    this.copyScrub = copyScrub;
  }

  /** Looks at a manifest; fails when that cannot be done now. */
  Future<Void> check(KnownManifest manifest) {
    Digest digest = Digest.parse(manifest.position().digest());
    return hash(digest, manifest.content())
        .compose(
            found -> {
              count.read(manifest.content().length());
              boolean right = found.equals(digest);
              Future<Void> repaired =
                  right && !manifest.damaged()
                      ? Future.succeededFuture()
                      : repair(manifest, digest, found, right);
              // One that is wrong was repaired from its copy, or has none that is right.
              return right ? repaired.compose(ignored -> copyScrub.check(manifest)) : repaired;
            })
        .compose(ignored -> pace.after(manifest.content().length()));
  }

  private Future<Digest> hash(Digest digest, Buffer content) {
    return vertx
        .executeBlocking(() -> Digest.of(digest.algorithm(), content.getBytes()), false)
        .map(Objects::requireNonNull);
  }

  private Future<Void> repair(KnownManifest manifest, Digest digest, Digest found, boolean right) {
    Future<Optional<Buffer>> bytes =
        right ? Future.succeededFuture(Optional.of(manifest.content())) : copy(manifest, digest);
    return bytes.compose(
        content -> {
          if (content.isPresent()) {
            return (dryRun
                    ? Future.<Void>succeededFuture()
                    : metadata.repair(manifest.position(), content.get()))
                .onSuccess(ignored -> count.healed(name(manifest)));
          }
          String reason = "its bytes have the digest " + found;
          return (dryRun || manifest.damaged()
                  ? Future.succeededFuture(true)
                  : metadata.damaged(manifest, reason))
              .map(
                  damaged -> {
                    if (damaged) {
                      count.damaged(name(manifest), reason);
                    }
                    return null;
                  });
        });
  }

  private static String name(KnownManifest manifest) {
    return "the manifest "
        + manifest.position().digest()
        + " of "
        + manifest.position().repository();
  }

  private Future<Optional<Buffer>> copy(KnownManifest manifest, Digest digest) {
    return copies
        .manifestBytes(manifest.position().repository(), digest)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(found)
                    : hash(digest, found.get())
                        .map(hash -> hash.equals(digest) ? found : Optional.empty()));
  }
}
