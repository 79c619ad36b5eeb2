package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps upload sessions in SQL.
 *
 * <p>Everything up to the seal is relaxed: a 202 survives the death of the process, and a loss of
 * power may take back an unfinished upload. What finishes it is strict.
 */
public final class SqlUploads implements Uploads {
  static final String COLUMNS =
      "id, repo, actor, algorithm, state, epoch, writer, size, next_part, resume, digest";

  /**
   * Epochs go on by random steps: a beginning that a loss of power takes back again must not come
   * again, for keys of objects are named after it. More turns than anybody takes fit into a long.
   */
  private static final long LONGEST_STEP = 1L << 32;

  private static final String OPEN =
      """
      INSERT INTO upload (id, repo, actor, algorithm, state, epoch, size, beat_at, created_at)
      SELECT $1, $2, $3, $4, 'open', 0, 0, :now, :now
      WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM upload
          WHERE actor = $3 AND state IN ('open', 'sealed') LIMIT $5) AS theirs) < $5
      """;
  private static final String FIND = "SELECT " + COLUMNS + " FROM upload WHERE id = $1";
  private static final String BEGIN =
      """
      UPDATE upload SET epoch = epoch + $5, writer = $3, beat_at = :now,
        next_part = next_part + CASE WHEN writer IS NULL THEN 0 ELSE 8 END
      WHERE id = $1 AND repo = $2 AND state = 'open' AND ($4 < 0 OR size = $4)
        AND (writer IS NULL OR writer = $3 OR beat_at < :now - 10000 OR beat_at > :now + 10000)
      RETURNING\s"""
          + COLUMNS;
  private static final String CHECKPOINT =
      """
      UPDATE upload SET size = $3, next_part = $4, resume = $5, beat_at = :now,
        writer = CASE WHEN $6 THEN NULL ELSE writer END
      WHERE id = $1 AND epoch = $2 AND state = 'open' AND writer IS NOT NULL
      """;
  private static final String SEAL =
      """
      UPDATE upload SET state = 'sealed', size = $3, next_part = $4, resume = $5, digest = $6,
        beat_at = :now, writer = NULL
      WHERE id = $1 AND epoch = $2 AND state = 'open' AND writer IS NOT NULL
      """;
  private static final String FINISH =
      """
      UPDATE upload SET state = 'finished', writer = NULL, beat_at = :now
      WHERE id = $1 AND state = 'sealed' AND digest = $2
      """;
  private static final String CLOSE =
      """
      UPDATE upload SET state = 'closed', epoch = epoch + 1, beat_at = :now
      WHERE id = $1 AND repo = $2 AND state IN ('open', 'sealed')
      """;

  private final Database database;
  private final Database relaxed;
  private final UploadHousekeeping housekeeping;

  public SqlUploads(Database database) {
    this.database = database;
    this.relaxed = database.relaxed();
    this.housekeeping = new SqlUploadHousekeeping(relaxed);
  }

  @Override
  public Future<Boolean> open(
      String id, RepositoryName repository, DigestAlgorithm algorithm, Actor actor, int most) {
    return relaxed
        .update(OPEN, id, repository.text(), actor.name(), algorithm.id(), most)
        .map(rows -> rows == 1);
  }

  @Override
  public Future<Optional<UploadRow>> find(String id) {
    return database.first(FIND, SqlUploads::upload, id);
  }

  @Override
  public Future<Optional<UploadRow>> begin(
      String id, RepositoryName repository, OptionalLong start, String writer) {
    long step = ThreadLocalRandom.current().nextLong(1, LONGEST_STEP);
    return relaxed.first(
        BEGIN,
        row -> upload(row, row.number("epoch") - step),
        id,
        repository.text(),
        writer,
        start.orElse(-1),
        step);
  }

  @Override
  public Future<Boolean> checkpoint(String id, long epoch, UploadProgress progress, boolean last) {
    return relaxed
        .update(
            CHECKPOINT,
            id,
            epoch,
            progress.size(),
            progress.nextPart(),
            bytes(progress.resume()),
            last)
        .map(rows -> rows == 1);
  }

  @Override
  public Future<Boolean> seal(String id, long epoch, UploadProgress progress, Digest digest) {
    return relaxed
        .update(
            SEAL,
            id,
            epoch,
            progress.size(),
            progress.nextPart(),
            bytes(progress.resume()),
            digest.text())
        .map(rows -> rows == 1);
  }

  private static byte @Nullable [] bytes(@Nullable Buffer resume) {
    return resume == null ? null : resume.getBytes();
  }

  @Override
  public Future<Boolean> finish(UploadRow upload, StoredBlob blob, Actor actor) {
    return database.transaction(
        transaction ->
            transaction
                .update(FINISH, upload.id(), blob.digest().text())
                .compose(
                    rows ->
                        rows == 0
                            ? Future.succeededFuture(false)
                            : Naming.nameBlob(transaction, upload.repository(), blob, actor)
                                .map(true)));
  }

  @Override
  public Future<Boolean> close(String id, RepositoryName repository) {
    return relaxed.update(CLOSE, id, repository.text()).map(rows -> rows == 1);
  }

  @Override
  public UploadHousekeeping housekeeping() {
    return housekeeping;
  }

  static UploadRow upload(Row row) {
    return upload(row, row.number("epoch"));
  }

  private static UploadRow upload(Row row, long epochBefore) {
    @Nullable String digest = row.stringOrNull("digest");
    byte @Nullable [] resume = row.bytesOrNull("resume");
    return new UploadRow(
        row.string("id"),
        new RepositoryName(row.string("repo")),
        row.string("actor"),
        DigestAlgorithm.parse(row.string("algorithm")),
        UploadRow.State.valueOf(row.string("state").toUpperCase(Locale.ROOT)),
        row.number("epoch"),
        epochBefore,
        Optional.ofNullable(row.stringOrNull("writer")),
        new UploadProgress(
            row.number("size"),
            row.number("next_part"),
            resume == null ? null : Buffer.buffer(resume)),
        Optional.ofNullable(digest).map(Digest::parse));
  }
}
