package io.slipway.metadata;

/**
 * How much the registry has.
 *
 * @param repositories those that hold a manifest
 * @param images manifests that are or were tagged
 * @param blobBytes bytes of distinct blobs
 * @param averageImageBytes bytes of all blobs an image names, on average, whether it shares them or
 *     not; 0 without images
 * @param openUploads sessions that are neither finished nor closed
 * @param pushHits pushes of blobs that were there
 * @param pushMisses pushes of blobs that were not
 */
public record Statistics(
    long repositories,
    long manifests,
    long images,
    long tags,
    long blobs,
    long blobBytes,
    long averageImageBytes,
    long openUploads,
    long pushHits,
    long pushMisses) {

  /** Nothing at all. */
  public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Returns how many of a hundred pushes found their blob there, to two decimals; 0 of none. */
  public double pushHitRate() {
    long all = pushHits + pushMisses;
    return all == 0 ? 0 : Math.round(10_000.0 * pushHits / all) / 100.0;
  }
}
