package io.slipway.metadata;

/**
 * Counts the pushes that were spared. Best effort: the last seconds may be lost in a crash. Never
 * blocks.
 */
@FunctionalInterface
public interface PushHits {

  /** Notes that a client was told that a blob is there. */
  void spared();
}
