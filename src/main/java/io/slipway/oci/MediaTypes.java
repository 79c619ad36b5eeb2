package io.slipway.oci;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The media types of manifests this registry takes (image-spec, media-types.md; Docker image
 * manifest v2 schema 2).
 */
public final class MediaTypes {
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_MANIFEST_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String OCTET_STREAM = "application/octet-stream";

  private static final String JSON = "application/json";
  private static final String DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

  private MediaTypes() {}

  /**
   * Returns a media type without parameters and in lower case; empty when it is absent or says only
   * that it is JSON.
   */
  public static String specific(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    type = type.strip().toLowerCase(Locale.ROOT);
    return type.equals(JSON) ? "" : type;
  }

  /**
   * Tells whether content of this type is a manifest here; what does not say its type may be one.
   */
  static boolean isManifest(String mediaType) {
    return switch (mediaType) {
      case "", OCI_MANIFEST, OCI_INDEX, OCI_ARTIFACT, DOCKER_MANIFEST, DOCKER_MANIFEST_LIST -> true;
      default -> false;
    };
  }

  /** Tells whether layers of this type live elsewhere, so that the registry need not have them. */
  static boolean isNondistributable(String mediaType) {
    return mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.")
        || mediaType.equals("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  }

  static boolean isDockerSchema1(String mediaType) {
    return mediaType.startsWith(DOCKER_SCHEMA_1);
  }
}
