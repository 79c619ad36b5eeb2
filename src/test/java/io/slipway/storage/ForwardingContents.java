package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** A store that shows what another does, but for what a test wants. */
interface ForwardingContents extends StoreContents {
  StoreContents contents();

  @Override
  default Walk walk(String folder) {
    return contents().walk(folder);
  }

  @Override
  default boolean hasUnmoved() {
    return contents().hasUnmoved();
  }

  @Override
  default Future<Optional<Snapshot>> open(String key) {
    return contents().open(key);
  }

  @Override
  default Future<Boolean> quarantine(
      Digest digest,
      String key,
      Optional<Snapshot> snapshot,
      Function<String, Future<Boolean>> mark) {
    return contents().quarantine(digest, key, snapshot, mark);
  }
}
