package io.slipway.crash;

import io.slipway.testing.StoredData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts in a PostgreSQL database how moves of blobs to their home ended, and does to a bucket what
 * takes an hour or a day otherwise.
 */
final class Moves {
  private static final String WATCH =
      """
      CREATE SCHEMA watch;
      CREATE TABLE watch.seen (what TEXT, digest TEXT);
      CREATE FUNCTION watch.look() RETURNS TRIGGER LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          IF OLD.moving_to IS NOT NULL THEN
            INSERT INTO watch.seen VALUES ('swept', OLD.digest);
          END IF;
        ELSIF NEW.location <> OLD.location AND NEW.location LIKE 'blobs/%' THEN
          INSERT INTO watch.seen VALUES ('moved', OLD.digest);
        ELSIF NEW.damaged AND NOT OLD.damaged THEN
          INSERT INTO watch.seen VALUES ('damaged', OLD.digest);
        ELSIF OLD.moving_to IS NOT NULL AND NEW.moving_to IS NULL THEN
          INSERT INTO watch.seen VALUES ('retreated', OLD.digest);
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER look AFTER UPDATE OR DELETE ON blob
        FOR EACH ROW EXECUTE FUNCTION watch.look()
      """;

  /** No request is under way any more to a key that is buried: its deletion was answered. */
  private static final String HOUR =
      """
      UPDATE trash SET buried_at = buried_at - 3600001 WHERE location IN
        (SELECT location FROM trash WHERE buried_at IS NOT NULL FOR UPDATE SKIP LOCKED)
      """;

  private static final int THROWN_AWAY = 10;

  private static final String NAMED =
      """
      SELECT location FROM blob UNION SELECT location FROM trash
      UNION SELECT moving_to FROM blob WHERE moving_to IS NOT NULL
      """;

  private final StoredData stored;
  private final Set<String> listed = new HashSet<>();
  private List<String> nameless = List.of();

  Moves(StoredData stored) {
    this.stored = stored;
  }

  /** Begins to count; the registry has made its tables. */
  void watch() {
    stored.update(WATCH);
  }

  /** Lets the hour pass that a key stays buried. */
  void hourPasses() {
    stored.update(HOUR);
  }

  /**
   * Throws away what had no name the last time, as a node does that was stopped after it had asked
   * for the names of a listing of long ago: a key may have a name again by the time it is in the
   * trash.
   */
  void throwAwayWhatHadNoName() {
    for (String key : nameless) {
      stored.update(
          "INSERT INTO trash (location, due) VALUES ('"
              + key
              + "', 0) ON CONFLICT (location) DO NOTHING");
    }
    Set<String> named = Set.copyOf(stored.query(NAMED));
    listed.addAll(stored.files("blobs"));
    List<String> free = new ArrayList<>(listed);
    free.removeAll(named);
    // Some of them: to what is in the trash nothing moves.
    Collections.shuffle(free);
    nameless = free.subList(0, Math.min(THROWN_AWAY, free.size()));
  }

  /** Adds what was seen. */
  void count(Figures figures) {
    figures.add("relocations", of("count(*)", "moved"));
    figures.add(
        "relocations to a key used before", of("count(*) - count(DISTINCT digest)", "moved"));
    figures.add("relocations swept on the way", of("count(*)", "swept"));
    figures.add("blobs that lost their bytes", of("count(*)", "damaged"));
    figures.add("relocations that found their key in the trash", of("count(*)", "retreated"));
  }

  private long of(String number, String what) {
    String sql = "SELECT " + number + " FROM watch.seen WHERE what = '" + what + "'";
    return Long.parseLong(stored.query(sql).getFirst());
  }
}
