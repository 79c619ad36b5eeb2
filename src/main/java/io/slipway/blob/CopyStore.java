package io.slipway.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Keeps small objects beside the blobs: the copies of tags and manifests from which the metadata
 * can be rebuilt. Keys are paths of {@code /}-separated names, {@code tags/…} or {@code
 * manifests/…}.
 */
public interface CopyStore {

  /** Writes an object, whole and durable, over what was there. */
  Future<Void> put(String key, Buffer content);

  /** Deletes an object; nothing happens when there is none. */
  Future<Void> delete(String key);

  /** Lists the names directly below a folder, in no order; nothing when there is no such folder. */
  Future<List<String>> list(String folder);
}
