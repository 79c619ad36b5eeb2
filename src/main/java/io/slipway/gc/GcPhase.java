package io.slipway.gc;

import java.util.Locale;

/** What a collection is at. */
enum GcPhase {
  /** Others are before it, in this process or in another one. */
  WAITING,
  MANIFESTS,
  LINKS,
  BLOBS,
  /** The bytes of deleted blobs whose time has come. */
  BYTES;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
