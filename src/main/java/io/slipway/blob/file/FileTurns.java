package io.slipway.blob.file;

import io.slipway.blob.BlobTurns;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/** Takes turns by digest with those who publish. */
final class FileTurns implements BlobTurns {
  private final DigestLocks locks;

  FileTurns(DigestLocks locks) {
    this.locks = locks;
  }

  @Override
  public <T> Future<T> alone(String location, Supplier<Future<T>> work) {
    Optional<Digest> digest = FileLayout.digest(location);
    return digest.isPresent() ? locks.hold(digest.get(), work) : work.get();
  }
}
