package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * A blob as one repository sees it.
 *
 * @param size bytes
 * @param location the key of its bytes in the blob store; good for the request that asked, not for
 *     longer
 */
public record LinkedBlob(Digest digest, long size, String location) {}
