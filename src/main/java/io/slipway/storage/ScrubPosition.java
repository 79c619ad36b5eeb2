package io.slipway.storage;

import io.slipway.metadata.Restore.Position;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * How far a scrub is, as it is kept: blobs come first, then manifests.
 *
 * @param blob the last digest looked at
 * @param manifest the last manifest looked at
 * @param blobsDone whether all blobs were looked at
 * @param endedAt when the last whole scrub ended, milliseconds since 1970; 0 for never
 * @param running whether one was begun and has not ended
 */
record ScrubPosition(
    String blob, Position manifest, boolean blobsDone, long endedAt, boolean running) {

  static ScrubPosition parse(Optional<String> kept) {
    JsonObject json = new JsonObject(kept.orElse("{}"));
    return new ScrubPosition(
        json.getString("blob", ""),
        new Position(json.getString("repository", ""), json.getString("manifest", "")),
        json.getBoolean("blobs_done", false),
        json.getLong("ended_at", 0L),
        json.getBoolean("running", false));
  }

  String text() {
    return new JsonObject()
        .put("blob", blob)
        .put("repository", manifest.repository())
        .put("manifest", manifest.digest())
        .put("blobs_done", blobsDone)
        .put("ended_at", endedAt)
        .put("running", running)
        .encode();
  }

  /** Begins anew. */
  ScrubPosition begun() {
    return new ScrubPosition("", Position.START, false, endedAt, true);
  }

  ScrubPosition after(String digest) {
    return new ScrubPosition(digest, manifest, blobsDone, endedAt, running);
  }

  ScrubPosition withBlobsDone() {
    return new ScrubPosition(blob, manifest, true, endedAt, running);
  }

  ScrubPosition after(Position last) {
    return new ScrubPosition(blob, last, blobsDone, endedAt, running);
  }

  ScrubPosition ended(long now) {
    return new ScrubPosition("", Position.START, false, now, false);
  }
}
