package io.slipway.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What rows say is in a bucket. */
final class BucketNames {
  private BucketNames() {}

  /** Returns the keys where blobs are or are going to be, or that are to be deleted. */
  static List<String> located(StoredData stored) {
    return stored.query(
        "SELECT location FROM blob UNION SELECT moving_to FROM blob WHERE moving_to IS NOT NULL"
            + " UNION SELECT location FROM trash WHERE buried_at IS NULL");
  }

  /** Returns the keys where blobs are going to be. */
  static List<String> moving(StoredData stored) {
    return stored.query("SELECT moving_to FROM blob WHERE moving_to IS NOT NULL");
  }

  /** Returns the id of the upload that an object is of. */
  static String upload(String key) {
    return key.substring("uploads/".length()).replaceFirst("\\..*", "");
  }

  /** Returns all sessions by their ids. */
  static Map<String, Session> sessions(StoredData stored) {
    Map<String, Session> all = new TreeMap<>();
    for (String row :
        stored.query(
            "SELECT id, state, size, coalesce(convert_from(resume, 'UTF8'), '') FROM upload")) {
      String[] columns = row.split("\\|", 4);
      all.put(
          columns[0],
          new Session(
              columns[1],
              Long.parseLong(columns[2]),
              columns[3].isEmpty() ? new JsonObject() : new JsonObject(columns[3])));
    }
    return all;
  }

  /**
   * An upload as its row describes it.
   *
   * @param layout where its bytes are, as the store wrote it; empty before the first
   */
  record Session(String state, long size, JsonObject layout) {
    boolean isFinished() {
      return state.equals("finished");
    }

    boolean isGoingOn() {
      return state.equals("open") || state.equals("sealed");
    }

    /** Tells whether objects may exist that it does not name. */
    boolean isLittered() {
      return layout.getBoolean("littered", false);
    }

    /** Returns the objects that hold bytes of it, and their sizes. */
    Map<String, Long> objects() {
      Map<String, Long> all = new TreeMap<>();
      JsonArray pieces = layout.getJsonArray("pieces", new JsonArray());
      for (int i = 0; i < pieces.size(); i += 2) {
        all.put(pieces.getString(i), pieces.getLong(i + 1));
      }
      String object = layout.getString("object");
      if (object != null) {
        all.put(object, layout.getLong("object_size"));
      }
      return all;
    }

    /** Returns the sizes of its parts by number and tag. */
    Map<String, Long> parts() {
      Map<String, Long> all = new TreeMap<>();
      JsonArray parts = layout.getJsonArray("parts", new JsonArray());
      for (int i = 0; i < parts.size(); i += 3) {
        all.put(parts.getInteger(i) + " " + parts.getString(i + 1), parts.getLong(i + 2));
      }
      return all;
    }

    /** Returns the multipart upload that its parts belong to. */
    @Nullable String multipart() {
      return layout.getString("multipart");
    }

    long bytes() {
      return objects().values().stream().mapToLong(Long::longValue).sum()
          + parts().values().stream().mapToLong(Long::longValue).sum()
          + layout.getBinary("tail", new byte[0]).length;
    }
  }
}
