package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.testing.FakeS3;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** A bucket whose user sleeps between a signature and its request. */
record SleepsBeforeItSends(ObjectStore store, FakeS3 fake, Duration time)
    implements ForwardingObjects {
  @Override
  public Future<List<SignedDelete>> sign(List<String> keys) {
    return store.sign(keys).onSuccess(ignored -> fake.advance(time));
  }
}
