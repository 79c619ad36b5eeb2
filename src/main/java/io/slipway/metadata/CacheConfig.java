package io.slipway.metadata;

import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;

/** Configures what is kept in memory. */
public record CacheConfig(
    @Doc("Memory for manifests that are ready to be sent; 0 keeps none.") @Default("64MiB")
        DataSize manifests,
    @Doc("Memory for small blobs; 0 keeps none.") @Default("32MiB") DataSize blobs) {
  // The cache counts weights in an int per entry and a long in all; this bound is for sanity only.
  private static final DataSize MOST = DataSize.ofMebibytes(1L << 20);

  public CacheConfig {
    DataSize none = new DataSize(0);
    new Checks().range("manifests", manifests, none, MOST).range("blobs", blobs, none, MOST).done();
  }
}
