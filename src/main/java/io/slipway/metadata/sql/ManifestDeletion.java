package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event.ManifestDeleted;
import io.slipway.event.Outbox;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deletes one manifest with its tags, unless another manifest names it. */
final class ManifestDeletion {
  private static final String LOCK =
      "SELECT digest FROM manifest WHERE repo = $1 AND digest = $2 FOR UPDATE";
  private static final String PARENT =
      """
      SELECT manifest FROM reference
      WHERE repo = $1 AND digest = $2 AND kind = 'manifest' LIMIT 1
      """;
  // A push with several tags locks them in this order.
  private static final String LOCK_TAGS =
      "SELECT name FROM tag WHERE repo = $1 AND digest = $2 ORDER BY name FOR UPDATE";
  private static final String UNTAG =
      """
      UPDATE tag SET digest = NULL, version = version + 1, updated_at = :now
      WHERE repo = $1 AND digest = $2 RETURNING name, version
      """;
  // What loses its name is kept for the grace of collection from now on.
  private static final String TOUCH_BLOBS =
      """
      UPDATE link SET touched_at = :now WHERE repo = $1 AND digest IN
      (SELECT l.digest FROM link l WHERE l.repo = $1 AND l.digest IN
        (SELECT digest FROM reference WHERE repo = $1 AND manifest = $2 AND kind = 'blob')
      ORDER BY l.digest FOR NO KEY UPDATE)
      """;
  private static final String TOUCH_CHILDREN =
      """
      UPDATE manifest SET touched_at = :now WHERE repo = $1 AND digest IN
      (SELECT m.digest FROM manifest m WHERE m.repo = $1 AND m.digest IN
        (SELECT digest FROM reference WHERE repo = $1 AND manifest = $2 AND kind = 'manifest')
      ORDER BY m.digest FOR NO KEY UPDATE)
      """;
  private static final String TOUCH_REFERRERS =
      """
      UPDATE manifest SET touched_at = :now WHERE repo = $1 AND digest IN
      (SELECT m.digest FROM manifest m WHERE m.repo = $1 AND m.subject = $2
      ORDER BY m.digest FOR NO KEY UPDATE)
      """;
  private static final String DELETE =
      "DELETE FROM manifest WHERE repo = $1 AND digest = $2 RETURNING " + Tally.MANIFEST_DELETED;

  private final Transaction transaction;
  private final RepositoryName repository;
  private final Digest digest;
  private final Actor actor;
  private final Tally tally = new Tally();

  ManifestDeletion(Transaction transaction, RepositoryName repository, Digest digest, Actor actor) {
    this.transaction = transaction;
    this.repository = repository;
    this.digest = digest;
    this.actor = actor;
  }

  /** Returns the tags that went with it; empty when there is no such manifest. */
  Future<Optional<List<Tag>>> run() {
    return transaction
        .first(LOCK, row -> row.string("digest"), repository.text(), digest.text())
        .compose(
            found -> found.isEmpty() ? Future.succeededFuture(Optional.empty()) : deleteFound());
  }

  private Future<Optional<List<Tag>>> deleteFound() {
    return transaction
        .first(PARENT, row -> row.string("manifest"), repository.text(), digest.text())
        .compose(this::refuseNamed)
        .compose(ignored -> untag())
        .compose(
            tags ->
                update(TOUCH_BLOBS)
                    .compose(ignored -> update(TOUCH_CHILDREN))
                    .compose(ignored -> update(TOUCH_REFERRERS))
                    .compose(ignored -> delete())
                    .compose(ignored -> announce())
                    .compose(ignored -> tally.write(transaction))
                    .map(Optional.of(tags)));
  }

  private Future<Void> refuseNamed(Optional<String> parent) {
    return parent.isEmpty()
        ? Future.succeededFuture()
        : Future.failedFuture(
            new RegistryException(
                ErrorCode.DELETE_REFUSED,
                "tried to delete the manifest " + digest + " but " + parent.get() + " names it",
                Map.of("digest", digest.text(), "manifest", parent.get())));
  }

  private Future<List<Tag>> untag() {
    TagWrite write = new TagWrite(transaction, repository, actor, tally);
    return transaction
        .query(LOCK_TAGS, row -> row.string("name"), repository.text(), digest.text())
        .compose(
            ignored ->
                transaction.query(
                    UNTAG,
                    row -> new Untagged(new Tag(row.string("name")), row.number("version")),
                    repository.text(),
                    digest.text()))
        .map(untagged -> untagged.stream().sorted(Comparator.comparing(Untagged::name)).toList())
        .compose(
            untagged -> {
              tally.tags(repository.text(), -untagged.size());
              Future<Void> recorded = Future.succeededFuture();
              for (Untagged tag : untagged) {
                recorded =
                    recorded.compose(ignored -> write.record(tag.tag(), null, tag.version()));
              }
              return recorded.map(untagged.stream().map(Untagged::tag).toList());
            });
  }

  private Future<Integer> update(String sql) {
    return transaction.update(sql, repository.text(), digest.text());
  }

  private Future<Integer> delete() {
    return transaction
        .query(DELETE, Tally.Deleted::of, repository.text(), digest.text())
        .map(
            deleted -> {
              deleted.forEach(tally::deletedManifest);
              return deleted.size();
            });
  }

  private Future<Void> announce() {
    return Outbox.append(transaction, new ManifestDeleted(repository, actor, digest))
        .compose(ignored -> CopyDue.manifest(transaction, repository, digest));
  }

  /** A tag that lost its manifest, and its new version. */
  private record Untagged(Tag tag, long version) {
    String name() {
      return tag.text();
    }
  }
}
