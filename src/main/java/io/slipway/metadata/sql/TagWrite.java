package io.slipway.metadata.sql;

import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event;
import io.slipway.event.Event.TagDeleted;
import io.slipway.event.Event.TagMoved;
import io.slipway.event.Outbox;
import io.slipway.metadata.TagCondition;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Moves and deletes tags within one transaction, with their history, events and copies. */
final class TagWrite {
  private static final String UPSERT =
      """
      INSERT INTO tag (repo, name, digest, version, updated_at) VALUES ($1, $2, $3, 1, :now)
      ON CONFLICT (repo, name) DO UPDATE
      SET digest = excluded.digest, version = tag.version + 1, updated_at = excluded.updated_at,
        named = tag.digest IS NOT NULL
      """;
  private static final String MOVE = UPSERT + "RETURNING version, named";
  private static final String MOVE_IF_ABSENT =
      UPSERT + "WHERE tag.digest IS NULL RETURNING version, named";
  private static final String MOVE_IF_PRESENT =
      """
      UPDATE tag SET digest = $3, version = version + 1, updated_at = :now, named = TRUE
      WHERE repo = $1 AND name = $2 AND digest IS NOT NULL RETURNING version, named
      """;
  private static final String MOVE_IF_NAMES =
      """
      UPDATE tag SET digest = $3, version = version + 1, updated_at = :now, named = TRUE
      WHERE repo = $1 AND name = $2 AND digest = ANY($4) RETURNING version, named
      """;
  private static final String DELETE =
      """
      UPDATE tag SET digest = NULL, version = version + 1, updated_at = :now
      WHERE repo = $1 AND name = $2 AND digest = $3 RETURNING version
      """;
  private static final String NAMED =
      "SELECT digest FROM tag WHERE repo = $1 AND name = $2 AND digest IS NOT NULL";
  private static final String TOUCH_UNNAMED =
      "UPDATE manifest SET touched_at = :now WHERE repo = $1 AND digest = $2";
  private static final String END_HISTORY =
      """
      UPDATE tag_history SET ended_at = :now
      WHERE repo = $1 AND name = $2 AND version = $3 AND ended_at IS NULL
      """;
  private static final String HISTORY =
      """
      INSERT INTO tag_history (repo, name, version, digest, actor, started_at)
      VALUES ($1, $2, $3, $4, $5, :now)
      """;

  private final Transaction transaction;
  private final RepositoryName repository;
  private final Actor actor;
  private final Tally tally;

  /**
   * Takes what its changes belong to.
   *
   * @param tally told of them; to be written by the caller
   */
  TagWrite(Transaction transaction, RepositoryName repository, Actor actor, Tally tally) {
    this.transaction = transaction;
    this.repository = repository;
    this.actor = actor;
    this.tally = tally;
  }

  /** Moves a tag; fails with PRECONDITION_FAILED when the condition does not hold. */
  Future<Void> move(Tag tag, Digest digest, TagCondition condition) {
    return move(condition, tag.text(), digest.text())
        .compose(
            version ->
                version.isEmpty()
                    ? Future.failedFuture(refused(tag, condition))
                    : record(tag, digest, version.get()));
  }

  private Future<Optional<Long>> move(TagCondition condition, String tag, String digest) {
    return switch (condition) {
      case TagCondition.None ignored -> version(MOVE, tag, digest);
      case TagCondition.Absent ignored -> version(MOVE_IF_ABSENT, tag, digest);
      case TagCondition.Present ignored -> version(MOVE_IF_PRESENT, tag, digest);
      case TagCondition.Names names -> {
        List<String> expected =
            Stream.concat(names.digests().stream().map(Digest::text), Stream.of(digest)).toList();
        yield transaction.first(
            MOVE_IF_NAMES, this::moved, repository.text(), tag, digest, expected);
      }
    };
  }

  private Future<Optional<Long>> version(String sql, String tag, String digest) {
    return transaction.first(sql, this::moved, repository.text(), tag, digest);
  }

  private long moved(Row row) {
    if (!row.flag("named")) {
      tally.tags(repository.text(), 1);
    }
    return row.number("version");
  }

  private RegistryException refused(Tag tag, TagCondition condition) {
    String expected =
        switch (condition) {
          case TagCondition.Absent ignored -> "it exists";
          case TagCondition.Present ignored -> "it does not exist";
          default -> "it does not name the digest expected by If-Match";
        };
    return new RegistryException(
        ErrorCode.PRECONDITION_FAILED,
        "tried to move the tag " + tag + " of " + repository + " but " + expected,
        Map.of("tag", tag.text()));
  }

  /**
   * Deletes a tag and returns what it named; empty when there is none. Its manifest is touched: its
   * grace begins with the loss of its name.
   *
   * <p>The manifest is locked before the tag, as a deletion of the manifest does. The tag may have
   * moved meanwhile: then it fails with {@link MovedMeanwhile}, and has to begin anew without the
   * lock it has.
   */
  Future<Optional<Digest>> delete(Tag tag) {
    return transaction
        .first(NAMED, row -> Digest.parse(row.string("digest")), repository.text(), tag.text())
        .compose(
            named ->
                named.isEmpty()
                    ? Future.succeededFuture(named)
                    : delete(tag, named.get()).map(named));
  }

  private Future<Void> delete(Tag tag, Digest named) {
    String repo = repository.text();
    return transaction
        .update(TOUCH_UNNAMED, repo, named.text())
        .compose(
            ignored ->
                transaction.first(
                    DELETE, row -> row.number("version"), repo, tag.text(), named.text()))
        .compose(
            version ->
                version.isEmpty()
                    ? Future.failedFuture(new MovedMeanwhile())
                    : deleted(tag, version.get()));
  }

  private Future<Void> deleted(Tag tag, long version) {
    tally.tags(repository.text(), -1);
    return record(tag, null, version);
  }

  /** Writes what follows from a new version of a tag; without a digest it was deleted. */
  Future<Void> record(Tag tag, @Nullable Digest digest, long version) {
    String repo = repository.text();
    String name = tag.text();
    @Nullable String text = digest == null ? null : digest.text();
    Event event =
        digest == null
            ? new TagDeleted(repository, actor, tag, version)
            : new TagMoved(repository, actor, tag, digest, version);
    return transaction
        .update(END_HISTORY, repo, name, version - 1)
        .compose(ignored -> transaction.update(HISTORY, repo, name, version, text, actor.name()))
        .compose(ignored -> Outbox.append(transaction, event))
        .compose(ignored -> CopyDue.tag(transaction, repository, tag));
  }

  /** Says that a tag moved between the look and the lock. */
  static final class MovedMeanwhile extends RuntimeException {
    private static final long serialVersionUID = 1;

    MovedMeanwhile() {
      super("the tag moved between the look and the lock", null, false, false);
    }
  }
}
