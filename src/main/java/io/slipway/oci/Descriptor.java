package io.slipway.oci;

/**
 * Points at content (image-spec, descriptor.md), as far as a registry needs to know.
 *
 * @param size bytes, at least 0
 * @param external whether the content may live elsewhere: it has {@code urls} or a nondistributable
 *     media type
 */
public record Descriptor(String mediaType, Digest digest, long size, boolean external) {}
