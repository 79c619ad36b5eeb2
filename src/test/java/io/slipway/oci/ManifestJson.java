package io.slipway.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes manifests as text, so that tests can make them wrong in every way. */
final class ManifestJson {
  static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private ManifestJson() {}

  /** Returns the n-th of many digests. */
  static Digest digest(int n) {
    return Digest.parse(String.format(Locale.ROOT, "sha256:%064x", n));
  }

  static String descriptor(String mediaType, int n) {
    return descriptor(mediaType, n, "");
  }

  /** Takes further fields, each with a comma in front. */
  static String descriptor(String mediaType, int n, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(mediaType, digest(n), n, more);
  }

  /** Returns an image with one layer; further fields each with a comma in front. */
  static String image(String mediaType, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]%s}"
        .formatted(mediaType, descriptor(CONFIG, 1), descriptor(LAYER, 2), more);
  }

  static String image(String more) {
    return image(MediaTypes.OCI_MANIFEST, more);
  }

  /** Returns an index; children are descriptors joined by commas. */
  static String index(String mediaType, String children, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]%s}"
        .formatted(mediaType, children, more);
  }

  static Manifest parse(String json) {
    return parse(json, null);
  }

  static Manifest parse(String json, @Nullable String contentType) {
    return ManifestParser.parse(json.getBytes(UTF_8), contentType);
  }
}
