package io.slipway.repository;

import io.slipway.oci.Digest;
import io.slipway.oci.Tag;
import java.util.List;
import java.util.Optional;

/**
 * What became of a pushed manifest.
 *
 * @param subject what it refers to, to be told in {@code OCI-Subject}
 * @param tags every tag that names it now because of the push, sorted
 */
public record ManifestReceipt(Digest digest, Optional<Digest> subject, List<Tag> tags) {}
