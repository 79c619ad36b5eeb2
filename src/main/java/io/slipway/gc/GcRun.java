package io.slipway.gc;

import io.vertx.core.Future;
import java.time.Instant;

/**
 * One collection that was asked for: it waits, goes on or has ended.
 *
 * @param report fails as the collection did; with {@link GcStoppedException} when the process ended
 */
public record GcRun(String id, GcOptions options, Instant askedAt, Future<GcReport> report) {}
