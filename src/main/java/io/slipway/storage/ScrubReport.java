package io.slipway.storage;

/**
 * What a scrub has found.
 *
 * @param blobs looked at
 * @param bytes read, those of manifests included
 * @param manifests looked at
 * @param tags whose copies were looked at
 * @param damaged blobs and manifests that are wrong or missing, and were not known to be
 * @param healed those that were marked and are right, and manifests repaired from their copy
 * @param copies of manifests and tags that were missing or wrong, and are due to be written anew
 * @param unreadable what could not be read now
 */
public record ScrubReport(
    long blobs,
    long bytes,
    long manifests,
    long tags,
    long damaged,
    long healed,
    long copies,
    long unreadable) {

  /** Tells whether somebody should look. */
  public boolean isFlawed() {
    return damaged + unreadable > 0;
  }
}
