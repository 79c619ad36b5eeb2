package io.slipway.metadata;

import io.slipway.oci.Digest;

/**
 * A manifest that refers to another one (distribution-spec, "Listing Referrers").
 *
 * @param size bytes
 * @param annotations a JSON object
 */
public record Referrer(
    Digest digest, String mediaType, String artifactType, long size, String annotations) {}
