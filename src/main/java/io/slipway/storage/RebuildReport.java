package io.slipway.storage;

/**
 * What a rebuild has found so far.
 *
 * @param blobs bytes that were named
 * @param manifests copies that were restored, those that were taken out again included
 * @param incomplete manifests whose blobs or children are not there
 * @param tags copies of tags, each version of them
 * @param lostTags tags whose manifest is not there
 * @param unreadable copies and blobs that are not what their name says, or cannot be read
 */
public record RebuildReport(
    long blobs, long manifests, long incomplete, long tags, long lostTags, long unreadable) {

  static final RebuildReport NOTHING = new RebuildReport(0, 0, 0, 0, 0, 0);

  /** Tells whether something was found that is not in the metadata now as it should be. */
  public boolean isFlawed() {
    return incomplete + lostTags + unreadable > 0;
  }
}
