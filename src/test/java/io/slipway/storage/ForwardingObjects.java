package io.slipway.storage;

import io.slipway.blob.ObjectStore;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.time.Instant;

/** A bucket that does what another does, but for what a test wants. */
public interface ForwardingObjects extends ObjectStore {
  ObjectStore store();

  @Override
  default String home(Digest digest) {
    return store().home(digest);
  }

  @Override
  default Future<Void> copy(String from, String to, long size) {
    return store().copy(from, to, size);
  }

  @Override
  default int deletedAtOnce() {
    return store().deletedAtOnce();
  }

  @Override
  default Future<Page> list(String folder, String after, Instant olderThan) {
    return store().list(folder, after, olderThan);
  }

  @Override
  default Future<UnfinishedPage> unfinished(String folder, Unfinished after, Instant olderThan) {
    return store().unfinished(folder, after, olderThan);
  }

  @Override
  default Future<Void> abort(Unfinished upload) {
    return store().abort(upload);
  }
}
