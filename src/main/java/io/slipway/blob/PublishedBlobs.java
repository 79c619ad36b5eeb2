package io.slipway.blob;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** Lists published bytes, named or not. */
public interface PublishedBlobs {

  /** Lists what was published since a moment, by the clock of the store. */
  Future<List<Published>> since(Instant moment);

  /** Published bytes. */
  record Published(Digest digest, String location) {}
}
