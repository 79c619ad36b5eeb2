package io.slipway.gc;

/** Says that a collection was stopped before its end; the next one goes on. */
public final class GcStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  GcStoppedException() {
    super("tried to collect garbage but the registry stops", null, false, false);
  }
}
