package io.slipway.storage;

/**
 * What a scrub has found.
 *
 * @param blobs looked at
 * @param bytes read, those of manifests included
 * @param manifests looked at
 * @param damaged blobs and manifests that are wrong or missing, and were not known to be
 * @param healed those that were marked and are right, and manifests repaired from their copy
 * @param unreadable what could not be read now
 */
public record ScrubReport(
    long blobs, long bytes, long manifests, long damaged, long healed, long unreadable) {
  static final ScrubReport NOTHING = new ScrubReport(0, 0, 0, 0, 0, 0);

  /** Tells whether somebody should look. */
  public boolean isFlawed() {
    return damaged + unreadable > 0;
  }

  ScrubReport plusBlob() {
    return new ScrubReport(blobs + 1, bytes, manifests, damaged, healed, unreadable);
  }

  ScrubReport plusBytes(long more) {
    return new ScrubReport(blobs, bytes + more, manifests, damaged, healed, unreadable);
  }

  ScrubReport plusManifest() {
    return new ScrubReport(blobs, bytes, manifests + 1, damaged, healed, unreadable);
  }

  ScrubReport plusDamaged() {
    return new ScrubReport(blobs, bytes, manifests, damaged + 1, healed, unreadable);
  }

  ScrubReport plusHealed() {
    return new ScrubReport(blobs, bytes, manifests, damaged, healed + 1, unreadable);
  }

  ScrubReport plusUnreadable() {
    return new ScrubReport(blobs, bytes, manifests, damaged, healed, unreadable + 1);
  }
}
