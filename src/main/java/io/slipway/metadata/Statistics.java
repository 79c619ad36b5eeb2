package io.slipway.metadata;

/**
 * How much the registry has.
 *
 * @param blobBytes bytes of distinct blobs
 * @param averageImageBytes bytes of all blobs an image names, on average, whether it shares them or
 *     not; 0 without images
 * @param openUploads sessions that are neither finished nor closed
 */
public record Statistics(
    long repositories,
    long manifests,
    long tags,
    long blobs,
    long blobBytes,
    long averageImageBytes,
    long openUploads) {

  /** Nothing at all. */
  public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0, 0);
}
