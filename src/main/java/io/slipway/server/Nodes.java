package io.slipway.server;

import io.slipway.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Says that this process works on a database that others may share, and tells who else said so
 * lately. No row of it lets anybody do anything: it is for people, and for commands that had better
 * find nobody.
 *
 * @param id of the node in this process's folder
 * @param member says its name in the membership of the cluster, which may change while it runs;
 *     empty text for a node that is in none
 * @param onRebuild told that the database is being rebuilt: the process should end at once
 */
record Nodes(
    Database database,
    String id,
    String host,
    Supplier<String> member,
    Consumer<Throwable> onRebuild) {
  /** Some signs of life, which come every {@link DataFolder#BEAT}. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  private static final String BEAT =
      """
      INSERT INTO node (id, host, member, seen_at) VALUES ($1, $2, $3, :now)
      ON CONFLICT (id) DO UPDATE
      SET host = excluded.host, member = excluded.member, seen_at = excluded.seen_at
      RETURNING (SELECT count(*) FROM setting WHERE name = 'rebuild') AS rebuilds
      """;
  private static final String FORGET = "DELETE FROM node WHERE seen_at < :now - 86400000";
  private static final String LEAVE = "DELETE FROM node WHERE id = $1";
  private static final String OTHERS =
      """
      SELECT id, host, :now - seen_at AS silent FROM node
      WHERE id <> $1 AND seen_at >= :now - $2 AND seen_at <= :now + $2 ORDER BY host, id
      """;

  /** Names this process; asks for the name of its machine, which may take a moment. */
  static Future<Nodes> of(
      Vertx vertx,
      Database database,
      String id,
      Supplier<String> member,
      Consumer<Throwable> onRebuild) {
    return vertx
        .executeBlocking(Nodes::here, false)
        .map(
            host ->
                new Nodes(database.relaxed(), id, Objects.requireNonNull(host), member, onRebuild));
  }

  private static String here() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      host = "a machine without a name";
    }
    return host + ", process " + ProcessHandle.current().pid();
  }

  /** Says that this process is at work; tells whether the database is being rebuilt. */
  Future<Boolean> beat() {
    return database
        .query(BEAT, row -> row.number("rebuilds") > 0, id, host, member.get())
        .compose(rebuilds -> database.update(FORGET).map(rebuilds.contains(true)));
  }

  /**
   * Says that this process is at work, and ends it when the database is being rebuilt: a rebuild
   * begins when nothing was heard of a node for a while, and one that only slept would take for
   * waste what has not been brought back yet.
   */
  Future<Void> beatOrEnd() {
    return beat()
        .onSuccess(
            rebuilt -> {
              if (rebuilt) {
                onRebuild.accept(
                    new IllegalStateException(
                        "tried to go on but the database is being rebuilt, for nothing was heard"
                            + " of this node for "
                            + SILENCE.toSeconds()
                            + " s, or by force"));
              }
            })
        .mapEmpty();
  }

  /** Says that it is no more. */
  Future<Void> leave() {
    return database.update(LEAVE, id).mapEmpty();
  }

  /** Names, for people, the other nodes that said something within {@link #SILENCE}. */
  Future<List<String>> others() {
    return database.query(
        OTHERS,
        row ->
            row.string("id")
                + " ("
                + row.string("host")
                + ", heard of "
                + Math.max(0, row.number("silent")) / 1000
                + " s ago)",
        id,
        SILENCE.toMillis());
  }

  /**
   * Fails with a sentence when there are others.
   *
   * @param wanted what is better not done beside them: {@code rebuild the database}
   * @param anyway how to do it all the same
   */
  Future<Void> requireNone(String wanted, String anyway) {
    return others()
        .compose(
            others ->
                others.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to "
                                + wanted
                                + " but nodes work on it: "
                                + String.join(", ", others)
                                + "; stop them first (one that was killed is forgotten after "
                                + SILENCE.toSeconds()
                                + " s), or "
                                + anyway)));
  }
}
