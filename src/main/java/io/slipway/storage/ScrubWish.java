package io.slipway.storage;

import io.slipway.runtime.DataSize;
import java.util.Optional;

/**
 * What a scrub is asked for.
 *
 * @param dryRun whether nothing is changed, and nothing kept
 * @param restart whether it begins at the beginning, wherever an earlier one was
 * @param rate bytes a second instead of {@code scrub.rate}
 */
public record ScrubWish(boolean dryRun, boolean restart, Optional<DataSize> rate) {
  /** Tells whether a run of this wish, which is under way, does what another wish asks for. */
  boolean suits(ScrubWish other) {
    return dryRun == other.dryRun() && !other.restart();
  }
}
