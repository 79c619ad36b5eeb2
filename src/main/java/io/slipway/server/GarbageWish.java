package io.slipway.server;

import java.time.Duration;
import java.util.Optional;

/**
 * What a person asks of a collection of garbage.
 *
 * @param delete false to be told only what would go
 * @param grace instead of the configured ones
 * @param verbose whether to name what goes, one by one
 */
public record GarbageWish(boolean delete, Optional<Duration> grace, boolean verbose) {}
