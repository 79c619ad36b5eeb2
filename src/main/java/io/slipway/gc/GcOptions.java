package io.slipway.gc;

import io.slipway.event.Actor;
import java.time.Duration;
import java.util.Optional;

/**
 * What a collection is asked for.
 *
 * @param dryRun whether to say only what it would delete
 * @param grace instead of both {@code gc.grace} and {@code gc.untagged_after}; not negative
 * @param details whether to say what it deletes, one by one
 * @param actor who asks, for events
 * @param yields whether it is not needed when another process is at it; else it waits
 */
public record GcOptions(
    boolean dryRun, Optional<Duration> grace, boolean details, Actor actor, boolean yields) {

  /** Returns what the registry asks of itself. */
  public static GcOptions scheduled() {
    return new GcOptions(false, Optional.empty(), false, Actor.named("gc"), true);
  }
}
