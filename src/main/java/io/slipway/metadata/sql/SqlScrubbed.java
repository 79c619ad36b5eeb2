package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.metadata.Copies.Kind;
import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** Keeps in SQL what a check of all bytes finds. */
public final class SqlScrubbed implements Scrubbed {
  private static final String BLOBS =
      """
      SELECT digest, size, location, damaged FROM blob WHERE digest > $1 ORDER BY digest LIMIT $2
      """;
  private static final String STATE =
      "SELECT location, pushes, created_at FROM blob WHERE digest = $1";
  private static final String SOUND =
      """
      UPDATE blob SET damaged = FALSE, damage = NULL, damaged_at = NULL
      WHERE digest = $1 AND location = $2 AND damaged
      """;
  private static final String MANIFESTS =
      """
      SELECT repo, digest FROM manifest WHERE (repo, digest) > ($1, $2)
      ORDER BY repo, digest LIMIT $3
      """;
  private static final String MANIFEST =
      "SELECT repo, digest, content, damage FROM manifest WHERE repo = $1 AND digest = $2";
  private static final String REPAIR =
      "UPDATE manifest SET content = $3, damage = NULL WHERE repo = $1 AND digest = $2";
  private static final String TAGS =
      """
      SELECT repo, name, digest, version FROM tag WHERE (repo, name) > ($1, $2)
      ORDER BY repo, name LIMIT $3
      """;
  private static final String RECOPY_MANIFEST =
      """
      INSERT INTO copy_due (kind, repo, name, due) SELECT 'manifest', repo, digest, :now FROM manifest
      WHERE repo = $1 AND digest = $2 ON CONFLICT (kind, repo, name) DO NOTHING
      """;
  private static final String RECOPY_TAG =
      """
      INSERT INTO copy_due (kind, repo, name, due) SELECT 'tag', repo, name, :now FROM tag
      WHERE repo = $1 AND name = $2 ON CONFLICT (kind, repo, name) DO NOTHING
      """;
  private static final String SETTLED_MANIFEST =
      """
      SELECT repo FROM manifest m WHERE repo = $1 AND digest = $2 AND NOT EXISTS (SELECT 1
        FROM copy_due d WHERE d.kind = 'manifest' AND d.repo = m.repo AND d.name = m.digest)
      """;
  private static final String SETTLED_TAG =
      """
      SELECT repo, name, digest, version FROM tag t WHERE repo = $1 AND name = $2 AND NOT EXISTS
        (SELECT 1 FROM copy_due d WHERE d.kind = 'tag' AND d.repo = t.repo AND d.name = t.name)
      """;
  private static final String NOW = "SELECT :now AS now";
  private static final String KEPT = "SELECT value FROM setting WHERE name = 'scrub'";
  private static final String KEEP =
      """
      INSERT INTO setting (name, value, version) VALUES ('scrub', $1, 1)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = setting.version + 1
      """;

  private final Database database;
  private final Database jobs;

  public SqlScrubbed(Database database) {
    this.database = database;
    this.jobs = database.forJobs();
  }

  @Override
  public Future<List<KnownBlob>> blobs(String after, int limit) {
    return jobs.query(BLOBS, SqlScrubbed::blob, after, limit);
  }

  private static KnownBlob blob(Row row) {
    return new KnownBlob(
        new StoredBlob(
            Digest.parse(row.string("digest")), row.number("size"), row.string("location")),
        row.flag("damaged"));
  }

  @Override
  public Future<Optional<BlobState>> state(Digest digest) {
    return database.first(
        STATE,
        row ->
            new BlobState(row.string("location"), row.number("pushes"), row.number("created_at")),
        digest.text());
  }

  @Override
  public Future<Boolean> damaged(Digest digest, BlobState seen, String aside, String reason) {
    return database.transaction(
        transaction -> BlobDamage.mark(transaction, digest, seen, aside, reason));
  }

  @Override
  public Future<Boolean> sound(Digest digest, String location) {
    return database.update(SOUND, digest.text(), location).map(rows -> rows == 1);
  }

  @Override
  public Future<List<Position>> manifests(Position after, int limit) {
    return jobs.query(
        MANIFESTS,
        row -> new Position(row.string("repo"), row.string("digest")),
        after.repository(),
        after.digest(),
        limit);
  }

  @Override
  public Future<Optional<KnownManifest>> manifest(Position position) {
    return jobs.first(MANIFEST, SqlScrubbed::manifest, position.repository(), position.digest());
  }

  private static KnownManifest manifest(Row row) {
    return new KnownManifest(
        new Position(row.string("repo"), row.string("digest")),
        Buffer.buffer(row.bytes("content")),
        row.stringOrNull("damage") != null);
  }

  @Override
  public Future<Void> repair(Position manifest, Buffer content) {
    return database
        .update(REPAIR, manifest.repository(), manifest.digest(), content.getBytes())
        .mapEmpty();
  }

  @Override
  public Future<Boolean> damaged(KnownManifest manifest, String reason) {
    Position position = manifest.position();
    return ManifestDamage.mark(
        database, position.repository(), position.digest(), manifest.content().getBytes(), reason);
  }

  @Override
  public Future<List<KnownTag>> tags(Position after, int limit) {
    return jobs.query(TAGS, SqlScrubbed::tag, after.repository(), after.digest(), limit);
  }

  private static KnownTag tag(Row row) {
    return new KnownTag(
        new Position(row.string("repo"), row.string("name")),
        Optional.ofNullable(row.stringOrNull("digest")).map(Digest::parse),
        row.number("version"));
  }

  @Override
  public Future<Boolean> isSettled(Position manifest) {
    return database
        .query(SETTLED_MANIFEST, row -> true, manifest.repository(), manifest.digest())
        .map(found -> !found.isEmpty());
  }

  @Override
  public Future<Optional<KnownTag>> settledTag(Position tag) {
    return database.first(SETTLED_TAG, SqlScrubbed::tag, tag.repository(), tag.digest());
  }

  @Override
  public Future<Boolean> recopy(Kind kind, Position row) {
    return database
        .update(kind == Kind.TAG ? RECOPY_TAG : RECOPY_MANIFEST, row.repository(), row.digest())
        .map(rows -> rows == 1);
  }

  @Override
  public Future<Long> now() {
    return database.query(NOW, row -> row.number("now")).map(List::getFirst);
  }

  @Override
  public Future<Optional<String>> kept() {
    return database.first(KEPT, row -> row.string("value"));
  }

  @Override
  public Future<Void> keep(String state) {
    return database.relaxed().update(KEEP, state).mapEmpty();
  }
}
