package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * A blob that nothing needs.
 *
 * @param size bytes
 */
public record DeadBlob(Digest digest, long size) {}
