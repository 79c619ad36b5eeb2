package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestHead;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.Referrer;
import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** Keeps manifests and tags in SQL. */
public final class SqlManifests implements Manifests {
  private static final String BY_DIGEST =
      "SELECT digest, media_type, content FROM manifest"
          + " WHERE repo = $1 AND digest = $2 AND damage IS NULL";
  private static final String BY_TAG =
      """
      SELECT m.digest, m.media_type, m.content
      FROM tag t JOIN manifest m ON m.repo = t.repo AND m.digest = t.digest
      WHERE t.repo = $1 AND t.name = $2 AND m.damage IS NULL
      """;
  private static final String HEAD_BY_DIGEST =
      "SELECT digest, media_type, size FROM manifest"
          + " WHERE repo = $1 AND digest = $2 AND damage IS NULL";
  private static final String HEAD_BY_TAG =
      """
      SELECT m.digest, m.media_type, m.size
      FROM tag t JOIN manifest m ON m.repo = t.repo AND m.digest = t.digest
      WHERE t.repo = $1 AND t.name = $2 AND m.damage IS NULL
      """;
  private static final String REFERRERS =
      """
      SELECT digest, media_type, artifact_type, size, annotations FROM manifest
      WHERE repo = $1 AND subject = $2 AND digest > $3 ORDER BY digest LIMIT $4
      """;
  private static final String REFERRERS_OF_TYPE =
      """
      SELECT digest, media_type, artifact_type, size, annotations FROM manifest
      WHERE repo = $1 AND subject = $2 AND digest > $3 AND artifact_type = $5
      ORDER BY digest LIMIT $4
      """;

  private static final String DAMAGE =
      """
      SELECT damage FROM manifest WHERE repo = $1 AND digest = $2 AND damage IS NOT NULL
      UNION ALL SELECT m.damage FROM tag t JOIN manifest m ON m.repo = t.repo AND m.digest = t.digest
      WHERE t.repo = $1 AND t.name = $2 AND m.damage IS NOT NULL
      """;

  private final Database database;
  private final Runnable afterChange;

  public SqlManifests(Database database) {
    this(database, () -> {});
  }

  /**
   * Takes its database.
   *
   * @param afterChange told after each change, before it is answered; must not block
   */
  public SqlManifests(Database database, Runnable afterChange) {
    this.database = database;
    this.afterChange = afterChange;
  }

  @Override
  public Future<Optional<StoredManifest>> find(RepositoryName repository, Reference reference) {
    String sql = reference instanceof Tag ? BY_TAG : BY_DIGEST;
    return database.first(sql, SqlManifests::manifest, repository.text(), reference.text());
  }

  private static StoredManifest manifest(Row row) {
    return new StoredManifest(
        Digest.parse(row.string("digest")),
        row.string("media_type"),
        Buffer.buffer(row.bytes("content")));
  }

  @Override
  public Future<Optional<ManifestHead>> head(RepositoryName repository, Reference reference) {
    String sql = reference instanceof Tag ? HEAD_BY_TAG : HEAD_BY_DIGEST;
    return database.first(sql, SqlManifests::head, repository.text(), reference.text());
  }

  private static ManifestHead head(Row row) {
    return new ManifestHead(
        Digest.parse(row.string("digest")),
        row.string("media_type"),
        Math.toIntExact(row.number("size")));
  }

  @Override
  public Future<Void> put(ManifestPush push) {
    return database
        .transaction(transaction -> new ManifestWrite(transaction, push).run())
        .onSuccess(ignored -> afterChange.run());
  }

  @Override
  public Future<Optional<List<Tag>>> delete(RepositoryName repository, Digest digest, Actor actor) {
    return database
        .transaction(
            transaction -> new ManifestDeletion(transaction, repository, digest, actor).run())
        .onSuccess(ignored -> afterChange.run());
  }

  @Override
  public Future<Optional<Digest>> deleteTag(RepositoryName repository, Tag tag, Actor actor) {
    return database
        .transaction(transaction -> deleteTag(transaction, repository, tag, actor))
        .onSuccess(ignored -> afterChange.run())
        .recover(
            cause ->
                cause instanceof TagWrite.MovedMeanwhile
                    ? deleteTag(repository, tag, actor)
                    : Future.failedFuture(cause));
  }

  private static Future<Optional<Digest>> deleteTag(
      Transaction transaction, RepositoryName repository, Tag tag, Actor actor) {
    Tally tally = new Tally();
    return new TagWrite(transaction, repository, actor, tally)
        .delete(tag)
        .compose(named -> tally.write(transaction).map(named));
  }

  @Override
  public Future<List<Referrer>> referrers(
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      String after,
      int limit) {
    String repo = repository.text();
    return artifactType.isEmpty()
        ? database.query(REFERRERS, SqlManifests::referrer, repo, subject.text(), after, limit)
        : database.query(
            REFERRERS_OF_TYPE,
            SqlManifests::referrer,
            repo,
            subject.text(),
            after,
            limit,
            artifactType.get());
  }

  private static Referrer referrer(Row row) {
    return new Referrer(
        Digest.parse(row.string("digest")),
        row.string("media_type"),
        row.string("artifact_type"),
        row.number("size"),
        row.string("annotations"));
  }

  @Override
  public Future<Optional<String>> damage(RepositoryName repository, Reference reference) {
    return database.first(DAMAGE, row -> row.string("damage"), repository.text(), reference.text());
  }
}
