package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestHead;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.Referrer;
import io.slipway.metadata.ReferrerPage;
import io.slipway.metadata.StoredManifest;
import io.slipway.oci.Digest;
import io.slipway.oci.Reference;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
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
  // Their texts may be as long as a manifest each: how long they are is known without reading them.
  private static final String REFERRERS =
      """
      SELECT m.digest, m.media_type, m.artifact_type, m.size, m.annotations, page.later
      FROM (
        SELECT digest, ROW_NUMBER() OVER (ORDER BY digest) AS place,
          SUM(length) OVER (ORDER BY digest) AS total, LEAD(digest) OVER (ORDER BY digest) AS later
        FROM (
          SELECT digest, octet_length(artifact_type) + octet_length(annotations) AS length
          FROM manifest WHERE repo = $1 AND subject = $2 AND digest > $3 %s
          ORDER BY digest LIMIT $4 + 1) AS next
      ) AS page JOIN manifest m ON m.repo = $1 AND m.digest = page.digest
      WHERE page.place <= $4 AND (page.place = 1 OR page.total <= $5)
      ORDER BY m.digest
      """;
  private static final String REFERRERS_OF_ANY_TYPE = REFERRERS.formatted("");
  private static final String REFERRERS_OF_TYPE = REFERRERS.formatted("AND artifact_type = $6");

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
    return database
        .first(sql, SqlManifests::manifest, repository.text(), reference.text())
        .compose(
            found ->
                found
                    .map(manifest -> ManifestDamage.checked(database, repository, manifest))
                    .orElseGet(() -> Future.succeededFuture(found)));
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
  public Future<ReferrerPage> referrers(
      RepositoryName repository,
      Digest subject,
      Optional<String> artifactType,
      String after,
      int limit,
      long bytes) {
    List<Object> arguments =
        new ArrayList<>(List.of(repository.text(), subject.text(), after, limit, bytes));
    artifactType.ifPresent(arguments::add);
    return database
        .query(
            artifactType.isEmpty() ? REFERRERS_OF_ANY_TYPE : REFERRERS_OF_TYPE,
            row -> new Listed(referrer(row), row.stringOrNull("later") != null),
            arguments.toArray())
        .map(
            found ->
                new ReferrerPage(
                    found.stream().map(Listed::referrer).toList(),
                    !found.isEmpty() && found.getLast().more()));
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

  /** A referrer, and whether another one comes after it. */
  private record Listed(Referrer referrer, boolean more) {}
}
