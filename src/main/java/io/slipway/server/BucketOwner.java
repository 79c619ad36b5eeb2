package io.slipway.server;

import io.slipway.blob.CopyStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ties a place in a bucket to the one registry whose blobs it holds: another one would take for
 * waste what its own database does not name, and delete it.
 */
final class BucketOwner {
  private static final String FOLDER = "owner";

  private final CopyStore objects;

  BucketOwner(CopyStore objects) {
    this.objects = objects;
  }

  /**
   * Writes a name first and looks afterwards: of two registries that start at once none goes on.
   * Fails with a sentence when the place belongs to another one.
   */
  Future<Void> claim(String id, Path folder) {
    String own = FOLDER + "/" + id;
    return objects
        .list(FOLDER)
        .compose(
            before ->
                before.contains(id)
                    ? others(before, id)
                    : objects
                        .put(own, Buffer.buffer(folder + "\n"))
                        .compose(ignored -> objects.list(FOLDER))
                        .compose(owners -> others(owners, id))
                        .recover(
                            cause ->
                                objects
                                    .delete(own)
                                    .transform(ignored -> Future.failedFuture(cause))));
  }

  /** Fails with a sentence unless the place belongs to this registry already. */
  Future<Void> require(String id) {
    return objects
        .list(FOLDER)
        .compose(
            owners ->
                owners.contains(id)
                    ? others(owners, id)
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to use the bucket but the registry of the database has never"
                                + " used it: look at storage.s3.bucket and storage.s3.prefix")));
  }

  private static Future<Void> others(List<String> owners, String id) {
    @Nullable String other =
        owners.stream().filter(owner -> !owner.equals(id)).findFirst().orElse(null);
    return other == null
        ? Future.succeededFuture()
        : Future.failedFuture(
            new IllegalStateException(
                "tried to use the bucket but it belongs to another registry: give each one a"
                    + " storage.s3.prefix of its own, or this one its data folder back (its file"
                    + " storage.id says "
                    + other
                    + "); only if that registry is gone for good, delete the object "
                    + FOLDER
                    + "/"
                    + other));
  }
}
