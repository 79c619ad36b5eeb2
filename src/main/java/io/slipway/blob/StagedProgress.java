package io.slipway.blob;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * How far a staged upload is, for its session's row.
 *
 * @param size bytes that are stored
 * @param nextPart the first part number that was not used yet; 1 where there are no parts
 * @param state what the store needs to go on from here in another process; null for nothing
 */
public record StagedProgress(long size, long nextPart, @Nullable Buffer state) {}
