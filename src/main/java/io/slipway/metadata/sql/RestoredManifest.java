package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.metadata.Restore.FoundManifest;
import io.slipway.oci.Descriptor;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of one manifest from its copy, where they are not there yet. */
final class RestoredManifest {
  private static final String REPOSITORY =
      """
      INSERT INTO repository (name, created_at) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET created_at =
        CASE WHEN excluded.created_at < repository.created_at
        THEN excluded.created_at ELSE repository.created_at END
      """;
  private static final String MANIFEST =
      """
      INSERT INTO manifest (repo, digest, media_type, artifact_type, subject, annotations, size,
        image_size, created_at, touched_at, content)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, :now, $10)
      ON CONFLICT (repo, digest) DO NOTHING
      """;
  private static final String LINK =
      """
      INSERT INTO link (repo, digest, touched_at)
      SELECT $1, b.digest, :now FROM blob b WHERE b.digest = ANY($2)
      ON CONFLICT (repo, digest) DO NOTHING
      """;

  private final Transaction transaction;
  private final FoundManifest found;
  private final String repo;

  RestoredManifest(Transaction transaction, FoundManifest found) {
    this.transaction = transaction;
    this.found = found;
    this.repo = found.repository().text();
  }

  /** Makes a repository that was there at the latest at a moment. */
  static Future<Integer> ensureRepository(Transaction transaction, String repo, long at) {
    return transaction.update(REPOSITORY, repo, at);
  }

  Future<Integer> write() {
    @Nullable String subject = found.manifest().subject().map(Digest::text).orElse(null);
    List<String> blobs = digests(found.manifest().blobs());
    return ensureRepository(transaction, repo, found.at())
        .compose(
            ignored ->
                transaction.update(
                    MANIFEST,
                    repo,
                    found.digest().text(),
                    found.manifest().mediaType(),
                    found.manifest().artifactType(),
                    subject,
                    found.manifest().annotations(),
                    (long) found.content().length(),
                    ManifestWrite.imageSize(found.manifest()),
                    found.at(),
                    found.content().getBytes()))
        .compose(ignored -> refer(blobs, "blob"))
        .compose(ignored -> refer(digests(found.manifest().children()), "manifest"))
        .compose(
            ignored ->
                blobs.isEmpty()
                    ? Future.succeededFuture(0)
                    : transaction.update(LINK, repo, blobs));
  }

  private static List<String> digests(List<Descriptor> named) {
    return named.stream().map(one -> one.digest().text()).distinct().sorted().toList();
  }

  private Future<Integer> refer(List<String> digests, String kind) {
    return digests.isEmpty()
        ? Future.succeededFuture(0)
        : transaction.update(ManifestWrite.REFERENCES, repo, found.digest().text(), digests, kind);
  }
}
