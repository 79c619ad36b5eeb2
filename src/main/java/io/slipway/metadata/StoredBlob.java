package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * Bytes that lie verified and durable in the blob store and wait to be named.
 *
 * @param size bytes
 * @param location their key in the blob store
 */
public record StoredBlob(Digest digest, long size, String location) {}
