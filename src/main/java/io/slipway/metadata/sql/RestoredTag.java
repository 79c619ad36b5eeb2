package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.metadata.Restore.FoundTag;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of one tag from a copy of it. Copies of several versions may be there, in no
 * order; the lowest one is noted as the copy, so that the next change deletes all of them.
 */
final class RestoredTag {
  private static final String HAS = "SELECT digest FROM manifest WHERE repo = $1 AND digest = $2";
  private static final String TAG =
      """
      INSERT INTO tag (repo, name, digest, version, copied, updated_at)
      VALUES ($1, $2, $3, $4, $4, $5) ON CONFLICT (repo, name) DO UPDATE SET
        digest = excluded.digest, version = excluded.version, updated_at = excluded.updated_at
      WHERE tag.version < excluded.version
        OR (tag.version = excluded.version AND tag.digest IS NULL)
      """;
  private static final String COPIED =
      "UPDATE tag SET copied = $3 WHERE repo = $1 AND name = $2 AND copied > $3";
  private static final String HISTORY =
      """
      INSERT INTO tag_history (repo, name, version, digest, actor, started_at)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repo, name, version) DO UPDATE SET
        digest = excluded.digest
      """;
  private static final String END_HISTORY =
      """
      UPDATE tag_history SET ended_at = (SELECT min(n.started_at) FROM tag_history n
        WHERE n.repo = tag_history.repo AND n.name = tag_history.name
          AND n.version > tag_history.version)
      WHERE repo = $1 AND name = $2 AND version <
        (SELECT version FROM tag WHERE repo = $1 AND name = $2)
      """;

  private final Transaction transaction;
  private final FoundTag found;
  private final String repo;
  private final String name;

  RestoredTag(Transaction transaction, FoundTag found) {
    this.transaction = transaction;
    this.found = found;
    this.repo = found.repository().text();
    this.name = found.tag().text();
  }

  /** Returns the tag if what it names is not there. */
  Future<Optional<FoundTag>> write() {
    Optional<String> wanted = found.digest().map(Digest::text);
    Future<Optional<String>> there =
        wanted.isEmpty()
            ? Future.succeededFuture(wanted)
            : transaction.first(HAS, row -> row.string("digest"), repo, wanted.get());
    return there.compose(
        digest ->
            write(digest.orElse(null))
                .map(ignored -> digest.equals(wanted) ? Optional.empty() : Optional.of(found)));
  }

  private Future<Integer> write(@Nullable String digest) {
    return RestoredManifest.ensureRepository(transaction, repo, found.updatedAt())
        .compose(
            ignored ->
                transaction.update(TAG, repo, name, digest, found.version(), found.updatedAt()))
        .compose(ignored -> transaction.update(COPIED, repo, name, found.version()))
        .compose(
            ignored ->
                transaction.update(
                    HISTORY, repo, name, found.version(), digest, found.actor(), found.updatedAt()))
        .compose(ignored -> transaction.update(END_HISTORY, repo, name));
  }
}
