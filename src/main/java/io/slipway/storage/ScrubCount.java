package io.slipway.storage;

/** Counts what one scrub finds, and passes it on. Belongs to one context. */
final class ScrubCount {
  private final ScrubWatch watch;
  private ScrubReport report = ScrubReport.NOTHING;

  ScrubCount(ScrubWatch watch) {
    this.watch = watch;
  }

  void blob() {
    report = report.plusBlob();
  }

  void manifest() {
    report = report.plusManifest();
  }

  void read(long bytes) {
    report = report.plusBytes(bytes);
    watch.read(bytes);
  }

  void damaged(String what, String reason) {
    report = report.plusDamaged();
    watch.damaged(what, reason);
    watch.changed();
  }

  void healed(String what) {
    report = report.plusHealed();
    watch.healed(what);
    watch.changed();
  }

  void unreadable(String what, Throwable cause) {
    report = report.plusUnreadable();
    watch.unreadable(what, cause);
  }

  ScrubReport report() {
    return report;
  }
}
