package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * A blob that nothing needs.
 *
 * @param size bytes
 */
public record DeadBlob(Digest digest, long size) {
  /** Why it is not needed, in words for people. */
  public static final String REASON = "no manifest names it";
}
