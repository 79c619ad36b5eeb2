package io.slipway.testing;

/** Tells apart the states of something that a registry changes. */
public interface ChangeWatch extends AutoCloseable {
  /** Returns a value that is another one after a change. */
  Object look();

  @Override
  default void close() {}

  /** Returns at the next change, spinning, or after a tenth of a second without one. */
  default void awaitChange() {
    Object before = look();
    long end = System.nanoTime() + 100_000_000L;
    while (look().equals(before) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
