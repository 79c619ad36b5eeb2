package io.slipway.metadata;

import java.time.Instant;
import java.util.Optional;

/**
 * How much a repository has.
 *
 * @param images manifests that are or were tagged
 * @param bytes of the blobs it links, each once
 * @param lastPush when a manifest was last pushed to it
 */
public record RepositoryStatistics(
    String name, long tags, long images, long bytes, Optional<Instant> lastPush) {}
