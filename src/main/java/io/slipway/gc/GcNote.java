package io.slipway.gc;

import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What a collection that came to its end leaves to the next one: until when it took everything, and
 * what it saw and had to leave.
 *
 * @param wholeAt when everything was last read, by the database's clock in milliseconds since 1970
 */
record GcNote(Cutoffs cutoffs, long wholeAt, Leftovers left) {

  static GcNote parse(String text) {
    JsonObject json = new JsonObject(text);
    Leftovers left = new Leftovers();
    inRepositories(json, "left_manifests").forEach(left::manifest);
    inRepositories(json, "left_links").forEach(left::link);
    JsonArray blobs = json.getJsonArray("left_blobs");
    for (int i = 0; i < blobs.size(); i++) {
      left.blob(Digest.parse(blobs.getString(i)));
    }
    return new GcNote(
        new Cutoffs(json.getLong("manifests"), json.getLong("blobs")),
        json.getLong("whole_at"),
        left);
  }

  private static List<InRepository> inRepositories(JsonObject json, String name) {
    List<InRepository> all = new ArrayList<>();
    JsonArray texts = json.getJsonArray(name);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.getString(i);
      int at = text.indexOf('@');
      all.add(
          new InRepository(
              new RepositoryName(text.substring(0, at)), Digest.parse(text.substring(at + 1))));
    }
    return all;
  }

  String text() {
    JsonArray blobs = new JsonArray();
    left.blobs().forEach(digest -> blobs.add(digest.text()));
    return new JsonObject()
        .put("manifests", cutoffs.manifests())
        .put("blobs", cutoffs.blobs())
        .put("whole_at", wholeAt)
        .put("left_manifests", texts(left.manifests()))
        .put("left_links", texts(left.links()))
        .put("left_blobs", blobs)
        .encode();
  }

  private static JsonArray texts(List<InRepository> all) {
    JsonArray texts = new JsonArray();
    all.forEach(one -> texts.add(one.repository().text() + "@" + one.digest().text()));
    return texts;
  }
}
