package io.slipway.gc;

import io.vertx.core.json.JsonObject;

/**
 * How far a collection is, and what it has deleted, or would have.
 *
 * @param bytes of the blobs
 */
record GcProgress(GcPhase phase, long manifests, long links, long blobs, long bytes) {

  /** Returns what people are told; what the report has too is named as there. */
  JsonObject json() {
    return new JsonObject()
        .put("phase", phase.text())
        .put("deletedManifests", manifests)
        .put("deletedLinks", links)
        .put("deletedLayers", blobs)
        .put("reclaimedBytes", bytes);
  }
}
