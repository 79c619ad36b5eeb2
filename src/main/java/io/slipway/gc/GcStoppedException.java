package io.slipway.gc;

/** Says that a collection was stopped before its end; the next one goes on. */
public final class GcStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean cancelled;

  private GcStoppedException(String reason, boolean cancelled) {
    super("tried to collect garbage but " + reason, null, false, false);
    this.cancelled = cancelled;
  }

  static GcStoppedException ofProcess() {
    return new GcStoppedException("the registry stops", false);
  }

  static GcStoppedException ofRun() {
    return new GcStoppedException("the run was cancelled", true);
  }

  /** Tells whether somebody asked for the end of this run, rather than of the process. */
  public boolean isCancelled() {
    return cancelled;
  }
}
