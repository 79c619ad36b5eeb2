package io.slipway.storage;

import io.slipway.metadata.Restore.Position;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * How far a scrub is, as it is kept: blobs come first, then manifests, then tags.
 *
 * @param blob the last digest looked at
 * @param manifest the last manifest looked at
 * @param tag the last tag looked at
 * @param blobsDone whether all blobs were looked at
 * @param manifestsDone whether all manifests were looked at
 * @param endedAt when the last whole scrub ended, milliseconds since 1970; 0 for never
 * @param running whether one was begun and has not ended
 */
record ScrubPosition(
    String blob,
    Position manifest,
    Position tag,
    boolean blobsDone,
    boolean manifestsDone,
    long endedAt,
    boolean running) {

  static ScrubPosition parse(Optional<String> kept) {
    JsonObject json = new JsonObject(kept.orElse("{}"));
    return new ScrubPosition(
        json.getString("blob", ""),
        new Position(json.getString("repository", ""), json.getString("manifest", "")),
        new Position(json.getString("tag_repository", ""), json.getString("tag", "")),
        json.getBoolean("blobs_done", false),
        json.getBoolean("manifests_done", false),
        json.getLong("ended_at", 0L),
        json.getBoolean("running", false));
  }

  String text() {
    return new JsonObject()
        .put("blob", blob)
        .put("repository", manifest.repository())
        .put("manifest", manifest.digest())
        .put("tag_repository", tag.repository())
        .put("tag", tag.digest())
        .put("blobs_done", blobsDone)
        .put("manifests_done", manifestsDone)
        .put("ended_at", endedAt)
        .put("running", running)
        .encode();
  }

  /** Begins anew. */
  ScrubPosition begun() {
    return new ScrubPosition("", Position.START, Position.START, false, false, endedAt, true);
  }

  ScrubPosition after(String digest) {
    return new ScrubPosition(digest, manifest, tag, blobsDone, manifestsDone, endedAt, running);
  }

  ScrubPosition withBlobsDone() {
    return new ScrubPosition(blob, manifest, tag, true, manifestsDone, endedAt, running);
  }

  ScrubPosition after(Position last) {
    return new ScrubPosition(blob, last, tag, blobsDone, manifestsDone, endedAt, running);
  }

  ScrubPosition withManifestsDone() {
    return new ScrubPosition(blob, manifest, tag, blobsDone, true, endedAt, running);
  }

  ScrubPosition afterTag(Position last) {
    return new ScrubPosition(blob, manifest, last, blobsDone, manifestsDone, endedAt, running);
  }

  ScrubPosition ended(long now) {
    return new ScrubPosition("", Position.START, Position.START, false, false, now, false);
  }
}
