package io.slipway.server;

import io.slipway.blob.CopyStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Remembers names in a folder of the bucket. */
record BucketMarks(CopyStore objects, String folder) {
  Future<Boolean> has(String name) {
    return objects.list(folder).map(names -> names.contains(name));
  }

  /** Adds a name, unless it is there already. */
  Future<Void> add(String name) {
    return has(name)
        .compose(
            there ->
                there
                    ? Future.succeededFuture()
                    : objects.put(folder + "/" + name, Buffer.buffer(name + "\n")));
  }
}
