package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.metadata.Trash;
import io.vertx.core.Future;
import java.util.List;

/** A bucket beside which another deleter claims keys while this one signs. */
record ClaimedMeanwhile(ObjectStore store, Trash trash, List<String> keys)
    implements ForwardingObjects {
  @Override
  public Future<List<SignedDelete>> sign(List<String> wanted) {
    return store
        .sign(wanted)
        .compose(signed -> trash.claim(keys, "another").map(ignored -> signed));
  }
}
