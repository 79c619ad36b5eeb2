package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.metadata.Restore;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Restores metadata in SQL; changes are relaxed up to the last one, which makes all durable. */
public final class SqlRestore implements Restore {
  private static final String STATE =
      """
      SELECT (SELECT value FROM setting WHERE name = 'rebuild') AS begun,
        CASE WHEN EXISTS (SELECT 1 FROM repository) OR EXISTS (SELECT 1 FROM blob)
        THEN 1 ELSE 0 END AS filled
      """;
  private static final String BEGIN =
      """
      INSERT INTO setting (name, value, version) VALUES ('rebuild', $1, 1)
      ON CONFLICT (name) DO NOTHING
      """;
  private static final String NOTE = "SELECT value FROM setting WHERE name = 'rebuild' FOR UPDATE";
  private static final String TAKE_OVER =
      "UPDATE setting SET value = $1, version = version + 1 WHERE name = 'rebuild'";
  // Held, so that whoever takes over waits for the transaction that begins with it.
  private static final String OURS =
      "SELECT value FROM setting WHERE name = 'rebuild' AND value = ANY($1) FOR SHARE";
  private static final String FORGOTTEN =
      "UPDATE setting SET value = $2 WHERE name = 'rebuild' AND value = $1";
  private static final String END = "DELETE FROM setting WHERE name = 'rebuild'";

  // What names comes before what is named.
  private static final List<String> FORGET =
      List.of(
          forget("tag_history", "repo, name, version"),
          forget("tag", "repo, name"),
          forget("reference", "repo, manifest, digest, kind"),
          forget("manifest", "repo, digest"),
          forget("link", "repo, digest"),
          forget("blob", "digest"),
          forget("repository", "name"),
          forget("upload", "id"),
          forget("trash", "location"),
          forget("copy_due", "kind, repo, name"),
          forget("outbox", "id"),
          forget("delivery", "id"));

  private static final String BLOB =
      """
      INSERT INTO blob (digest, size, location, damaged, created_at, touched_at)
      VALUES ($1, $2, $3, FALSE, $4, :now) ON CONFLICT (digest) DO NOTHING
      """;
  private static final String WANTED =
      """
      SELECT 1 AS wanted WHERE EXISTS
        (SELECT 1 FROM reference WHERE digest = $1 AND kind = 'blob')
      AND NOT EXISTS (SELECT 1 FROM blob WHERE digest = $1)
      """;
  private static final String LINK =
      """
      INSERT INTO link (repo, digest, touched_at)
      SELECT DISTINCT repo, digest, :now FROM reference WHERE digest = $1 AND kind = 'blob'
      ON CONFLICT (repo, digest) DO NOTHING
      """;
  // The bytes of the suspects of a page lie in memory together.
  private static final String PAGE_END =
      """
      SELECT repo, digest, later FROM (
        SELECT repo, digest, ROW_NUMBER() OVER (ORDER BY repo, digest) AS place,
          SUM(size) OVER (ORDER BY repo, digest) AS total,
          LEAD(digest) OVER (ORDER BY repo, digest) AS later
        FROM (SELECT repo, digest, size FROM manifest WHERE (repo, digest) > ($1, $2)
          ORDER BY repo, digest LIMIT 101) AS next
      ) AS page
      WHERE place <= 100 AND (place = 1 OR total <= 8388608)
      ORDER BY repo DESC, digest DESC LIMIT 1
      """;
  private static final String MISSING =
      """
      SELECT r.repo, r.manifest, r.digest FROM reference r
      WHERE (r.repo, r.manifest) > ($1, $2) AND (r.repo, r.manifest) <= ($3, $4)
        AND ((r.kind = 'blob' AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.digest = r.digest))
          OR (r.kind = 'manifest' AND NOT EXISTS
            (SELECT 1 FROM manifest m WHERE m.repo = r.repo AND m.digest = r.digest)))
      ORDER BY r.repo, r.manifest
      """;
  private static final String MANIFEST =
      "SELECT media_type, content FROM manifest WHERE repo = $1 AND digest = $2";
  private static final String REMOVE = "DELETE FROM manifest WHERE repo = $1 AND digest = $2";

  // What the note begins with; the token of the rebuild that is at it comes after.
  private static final String BEGUN = "begun";
  private static final String FORGETS = "forgetting";

  /** Comes after every repository. */
  private static final String LAST = "~";

  private final Database durable;
  private final Database database;
  private final String begun;
  private final String forgets;

  /** Makes one for one rebuild: the note says that it is this one's. */
  public SqlRestore(Database database) {
    this.durable = database;
    this.database = database.relaxed();
    String token = UUID.randomUUID().toString();
    this.begun = BEGUN + " " + token;
    this.forgets = FORGETS + " " + token;
  }

  private static String forget(String table, String key) {
    return "DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s LIMIT 1000)"
        .formatted(table, key, key, table);
  }

  @Override
  public Future<State> state() {
    return database.query(STATE, SqlRestore::state).map(List::getFirst);
  }

  private static State state(Row row) {
    String begun = row.stringOrNull("begun");
    if (begun != null) {
      return begun.startsWith(FORGETS) ? State.FORGETTING : State.UNFINISHED;
    }
    return row.number("filled") > 0 ? State.FILLED : State.EMPTY;
  }

  @Override
  public Future<Boolean> begin(boolean forgetting) {
    return durable.update(BEGIN, forgetting ? forgets : begun).map(rows -> rows > 0);
  }

  @Override
  public Future<Void> goOn() {
    return durable.transaction(
        transaction ->
            transaction
                .first(NOTE, row -> row.string("value"))
                .compose(
                    note ->
                        note.isEmpty()
                            ? notOurs()
                            : transaction
                                .update(TAKE_OVER, note.get().startsWith(FORGETS) ? forgets : begun)
                                .mapEmpty()));
  }

  @Override
  public Future<Void> forgotten() {
    return durable
        .update(FORGOTTEN, forgets, begun)
        .compose(rows -> rows == 0 ? notOurs() : Future.succeededFuture());
  }

  private static <T> Future<T> notOurs() {
    return Future.failedFuture(
        new IllegalStateException(
            "tried to rebuild the database but another rebuild of it took over, or ended: this one"
                + " changes nothing any more"));
  }

  /** A process that slept is not to write into what the next one, or a registry, is at work on. */
  private static Future<Void> require(Transaction transaction, String... notes) {
    return transaction
        .query(OURS, row -> row.string("value"), List.of(notes))
        .compose(found -> found.isEmpty() ? notOurs() : Future.succeededFuture());
  }

  private <T> Future<T> restoring(Function<Transaction, Future<T>> body) {
    return database.transaction(
        transaction -> require(transaction, begun).compose(ours -> body.apply(transaction)));
  }

  @Override
  public Future<Boolean> forget() {
    return database.transaction(
        (Transaction transaction) ->
            transaction
                .query(OURS, row -> row.string("value"), List.of(forgets))
                .compose(
                    noted ->
                        noted.isEmpty() ? Future.succeededFuture(false) : forget(transaction)));
  }

  private static Future<Boolean> forget(Transaction transaction) {
    Future<Boolean> more = Future.succeededFuture(false);
    for (String sql : FORGET) {
      // One table at a time: what it names may be named by its other rows.
      more =
          more.compose(
              found ->
                  found
                      ? Future.succeededFuture(true)
                      : transaction.update(sql).map(rows -> rows > 0));
    }
    return more;
  }

  @Override
  public Future<Void> blobs(List<FoundBlob> blobs) {
    return restoring(
        (Transaction transaction) -> each(blobs, blob -> insert(transaction, blob)).mapEmpty());
  }

  private static Future<Integer> insert(Transaction transaction, FoundBlob found) {
    return transaction.update(
        BLOB,
        found.blob().digest().text(),
        found.blob().size(),
        found.blob().location(),
        found.at());
  }

  @Override
  public Future<Void> manifests(List<FoundManifest> manifests) {
    return restoring(
        (Transaction transaction) ->
            each(manifests, found -> new RestoredManifest(transaction, found).write()).mapEmpty());
  }

  @Override
  public Future<List<FoundTag>> tags(List<FoundTag> tags) {
    return restoring(
        (Transaction transaction) ->
            each(tags, found -> new RestoredTag(transaction, found).write())
                .map(lost -> lost.stream().flatMap(Optional::stream).toList()));
  }

  private static <T, R> Future<List<R>> each(List<T> all, Function<T, Future<R>> step) {
    List<R> results = new ArrayList<>();
    Future<Void> done = Future.succeededFuture();
    for (T one : all) {
      done =
          done.compose(ignored -> step.apply(one))
              .map(
                  result -> {
                    results.add(result);
                    return null;
                  });
    }
    return done.map(results);
  }

  @Override
  public Future<Boolean> isWanted(Digest digest) {
    return database
        .first(WANTED, row -> row.number("wanted"), digest.text())
        .map(Optional::isPresent);
  }

  @Override
  public Future<Void> link(FoundBlob blob) {
    return restoring(
        (Transaction transaction) ->
            insert(transaction, blob)
                .compose(ignored -> transaction.update(LINK, blob.blob().digest().text()))
                .mapEmpty());
  }

  @Override
  public Future<Doubtful> doubtful(Position after) {
    return database
        .first(PAGE_END, SqlRestore::pageEnd, after.repository(), after.digest())
        .map(end -> end.orElseGet(Optional::empty))
        .compose(
            end ->
                database
                    .query(
                        MISSING,
                        Missing::of,
                        after.repository(),
                        after.digest(),
                        end.map(Position::repository).orElse(LAST),
                        end.map(Position::digest).orElse(""))
                    .compose(missing -> each(group(missing), this::suspect))
                    .map(suspects -> new Doubtful(suspects, end.orElse(null))));
  }

  /** Empty for the last page. */
  private static Optional<Position> pageEnd(Row row) {
    return row.stringOrNull("later") == null
        ? Optional.empty()
        : Optional.of(new Position(row.string("repo"), row.string("digest")));
  }

  /** Rows of one manifest follow each other. */
  private static List<List<Missing>> group(List<Missing> rows) {
    List<List<Missing>> groups = new ArrayList<>();
    @Nullable Position current = null;
    for (Missing row : rows) {
      if (!row.position().equals(current)) {
        groups.add(new ArrayList<>());
        current = row.position();
      }
      groups.getLast().add(row);
    }
    return groups;
  }

  private Future<Suspect> suspect(List<Missing> rows) {
    Position position = rows.getFirst().position();
    Set<String> missing = new HashSet<>();
    rows.forEach(row -> missing.add(row.digest()));
    return database
        .query(
            MANIFEST,
            row ->
                new Suspect(
                    position,
                    row.string("media_type"),
                    Buffer.buffer(row.bytes("content")),
                    missing),
            position.repository(),
            position.digest())
        .map(List::getFirst);
  }

  @Override
  public Future<Void> remove(List<Position> manifests) {
    return restoring(
        (Transaction transaction) ->
            each(manifests, one -> transaction.update(REMOVE, one.repository(), one.digest()))
                .mapEmpty());
  }

  @Override
  public Future<Void> end() {
    return durable.exclusively(
        transaction ->
            require(transaction, begun, forgets)
                .compose(ours -> StatisticsRecount.run(transaction))
                .compose(counted -> transaction.update(END))
                .mapEmpty());
  }

  /** Something that a manifest names and that is not there. */
  private record Missing(Position position, String digest) {
    static Missing of(Row row) {
      return new Missing(
          new Position(row.string("repo"), row.string("manifest")), row.string("digest"));
    }
  }
}
