package io.slipway.upload;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Set;

/** Takes bytes as another does, but some uploads can neither be deleted nor tidied. */
record StubbornStaging(Staging real, boolean isShared, Set<String> stubborn) implements Staging {

  @Override
  public Future<Void> discard(String id) {
    return stubborn.contains(id) ? refused() : real.discard(id);
  }

  @Override
  public Future<Void> tidy(String id, StagedProgress progress) {
    return stubborn.contains(id) ? refused() : real.tidy(id, progress);
  }

  private static Future<Void> refused() {
    return Future.failedFuture(new IOException("not permitted"));
  }

  @Override
  public StagedUpload create(String id, DigestAlgorithm algorithm) {
    return real.create(id, algorithm);
  }

  @Override
  public Future<StagedUpload> reopen(
      String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return real.reopen(id, algorithm, progress);
  }

  @Override
  public StagedUpload reopenSynced(String id, DigestAlgorithm algorithm, StagedProgress progress) {
    return real.reopenSynced(id, algorithm, progress);
  }

  @Override
  public Leftovers leftovers() {
    return real.leftovers();
  }
}
