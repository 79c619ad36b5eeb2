package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;

/**
 * Remembers when manifests were last pulled. Best effort: the last seconds may be lost in a crash.
 * Never blocks.
 */
@FunctionalInterface
public interface PullTimes {

  /** Notes a pull that happens now. */
  void pulled(RepositoryName repository, Digest digest);
}
