package io.slipway.upload;

import io.vertx.core.Future;

/** Asks the other nodes of uploads that they write. */
public interface UploadPeers {
  /** Knows no other node. */
  UploadPeers NONE = (node, id, stop) -> Future.succeededFuture(false);

  /**
   * Asks a node to write down how far an upload is.
   *
   * @param node as the upload's row names it
   * @param stop whether it should also let go of the upload
   * @return whether it did; never fails, and is complete within a fraction of a second: a node that
   *     is gone, or stopped, did not
   */
  Future<Boolean> ask(String node, String id, boolean stop);
}
