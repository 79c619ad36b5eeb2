package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Transaction;
import io.slipway.metadata.Trash;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps in SQL which keys are to be deleted; a claim holds for five minutes. */
public final class SqlTrash implements Trash {
  private static final String ADD =
      "INSERT INTO trash (location, due) VALUES ($1, :now) ON CONFLICT (location) DO NOTHING";
  private static final String DUE =
      """
      SELECT location FROM trash WHERE due <= :now AND buried_at IS NULL
      AND (claimed_at IS NULL OR claimed_at < :now - 300000) ORDER BY due LIMIT $1
      """;
  private static final String CLAIM =
      """
      UPDATE trash SET claimed_by = $2, claimed_at = :now
      WHERE location IN (
        SELECT location FROM trash WHERE location = ANY($1) AND due <= :now AND buried_at IS NULL
          AND (claimed_at IS NULL OR claimed_at < :now - 300000)
        ORDER BY location FOR UPDATE SKIP LOCKED)
      RETURNING location
      """;
  // One statement, which sees one moment: between two a blob that is being moved to a key may come
  // to be at it, and neither would name it.
  private static final String LOOK =
      """
      SELECT location AS name, 'located' AS how FROM blob WHERE location = ANY($1)
      UNION ALL SELECT moving_to AS name, 'moving' AS how FROM blob WHERE moving_to = ANY($1)
      """;
  private static final String RESCUE =
      "DELETE FROM trash WHERE location = ANY($1) AND claimed_by = $2";
  private static final String POSTPONE =
      """
      UPDATE trash SET claimed_by = NULL, claimed_at = NULL, due = :now + 600000
      WHERE location = ANY($1) AND claimed_by = $2
      """;
  private static final String GIVE_BACK =
      """
      UPDATE trash SET claimed_by = NULL, claimed_at = NULL
      WHERE location = ANY($1) AND claimed_by = $2
      """;
  private static final String BURY =
      """
      UPDATE trash SET buried_at = :now, claimed_by = NULL
      WHERE location = ANY($1) AND claimed_by = $2
      """;
  private static final String LAG =
      """
      SELECT :now - due AS waited FROM trash
      WHERE due <= :now AND buried_at IS NULL ORDER BY due LIMIT 1
      """;
  private static final String FREE = "DELETE FROM trash WHERE buried_at < :now - 3600000";

  private final Database database;

  public SqlTrash(Database database) {
    this.database = database;
  }

  @Override
  public Future<Void> add(List<String> keys) {
    return database.transaction(
        transaction -> {
          Future<Integer> added = Future.succeededFuture(0);
          for (String key : keys) {
            added = added.compose(ignored -> transaction.update(ADD, key));
          }
          return added.mapEmpty();
        });
  }

  @Override
  public Future<List<String>> due(int limit) {
    return database.query(DUE, row -> row.string("location"), limit);
  }

  /** Returns for how many milliseconds the oldest key that is not deleted yet has been due. */
  public Future<Long> lag() {
    return database.first(LAG, row -> row.number("waited")).map(waited -> waited.orElse(0L));
  }

  @Override
  public Future<List<String>> claim(List<String> keys, String token) {
    return database.query(CLAIM, row -> row.string("location"), keys, token);
  }

  @Override
  public Future<Named> look(List<String> keys) {
    return database
        .query(LOOK, row -> Map.entry(row.string("name"), row.string("how")), keys)
        .map(found -> new Named(names(found, "located"), names(found, "moving")));
  }

  private static Set<String> names(List<Map.Entry<String, String>> found, String how) {
    return found.stream()
        .filter(name -> name.getValue().equals(how))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  @Override
  public Future<Void> rescue(Set<String> keys, String token) {
    return update(RESCUE, keys, token);
  }

  @Override
  public Future<Void> postpone(Set<String> keys, String token) {
    return update(POSTPONE, keys, token);
  }

  @Override
  public Future<Void> giveBack(Set<String> keys, String token) {
    return update(GIVE_BACK, keys, token);
  }

  private Future<Void> update(String sql, Set<String> keys, String token) {
    return keys.isEmpty()
        ? Future.succeededFuture()
        : database.update(sql, List.copyOf(keys), token).mapEmpty();
  }

  @Override
  public Future<Void> gone(List<String> keys, String token) {
    List<String> spent = keys.stream().filter(key -> key.startsWith("uploads/")).toList();
    List<String> others = keys.stream().filter(key -> !key.startsWith("uploads/")).toList();
    return database.transaction(
        (Transaction transaction) ->
            transaction
                .update(RESCUE, spent, token)
                .compose(ignored -> transaction.update(BURY, others, token))
                .mapEmpty());
  }

  @Override
  public Future<Void> free() {
    return database.update(FREE).mapEmpty();
  }
}
