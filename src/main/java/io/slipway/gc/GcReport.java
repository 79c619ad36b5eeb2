package io.slipway.gc;

import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a collection deleted, or would delete.
 *
 * @param bytes of the blobs
 * @param marked manifests, links and blobs that looked as if nothing needed them; more than were
 *     deleted when somebody needed one again
 * @param deadBlobs the blobs one by one, when they were asked for; the first 100 000
 * @param deadManifests the manifests one by one, as the blobs
 */
public record GcReport(
    boolean dryRun,
    long manifests,
    long links,
    long blobs,
    long bytes,
    long marked,
    List<DeadBlob> deadBlobs,
    List<InRepository> deadManifests) {
  public GcReport {
    deadBlobs = List.copyOf(deadBlobs);
    deadManifests = List.copyOf(deadManifests);
  }

  /**
   * Returns what people are told (R4.4).
   *
   * @param details whether to name what was deleted
   * @param most so many are named of either kind
   */
  public JsonObject json(boolean details, int most) {
    JsonObject result = new JsonObject().put("deletedLayers", blobs).put("reclaimedBytes", bytes);
    if (!details) {
      return result;
    }
    JsonArray blobNames = new JsonArray();
    deadBlobs.stream()
        .limit(most)
        .forEach(
            blob ->
                blobNames.add(
                    new JsonObject()
                        .put("digest", blob.digest().text())
                        .put("size", blob.size())
                        .put("reason", DeadBlob.REASON)));
    JsonArray manifestNames = new JsonArray();
    deadManifests.stream()
        .limit(most)
        .forEach(
            manifest ->
                manifestNames.add(
                    new JsonObject()
                        .put("repository", manifest.repository().text())
                        .put("digest", manifest.digest().text())
                        .put("reason", "no tag, index or subject holds it")));
    return result.put("details", blobNames).put("manifests", manifestNames);
  }

  /** Tells whether anything was garbage. */
  boolean deletedAny() {
    return manifests + links + blobs > 0;
  }
}
