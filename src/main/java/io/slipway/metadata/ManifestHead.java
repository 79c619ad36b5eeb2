package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * What a repository says of a manifest without its bytes.
 *
 * @param size how many bytes it has
 */
public record ManifestHead(Digest digest, String mediaType, int size) {}
