package io.slipway.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds one image as its repository has it: the manifest, and the blobs that it names. */
record Image(String repository, String tag, Blob config, List<Blob> layers, Blob manifest) {
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

  static Image of(String repository, String tag, List<Blob> layers) {
    Blob config = config(layers);
    return new Image(repository, tag, config, List.copyOf(layers), manifest(config, layers));
  }

  List<Blob> blobs() {
    return Stream.concat(Stream.of(config), layers.stream()).toList();
  }

  String tagPath() {
    return manifestPath(tag);
  }

  String digestPath() {
    return manifestPath(manifest.digest());
  }

  String blobPath(Blob blob) {
    return "/v2/%s/blobs/%s".formatted(repository, blob.digest());
  }

  String uploadsPath() {
    return "/v2/%s/blobs/uploads/".formatted(repository);
  }

  private String manifestPath(String reference) {
    return "/v2/%s/manifests/%s".formatted(repository, reference);
  }

  private static Blob config(List<Blob> layers) {
    String digests =
        layers.stream().map(Blob::digest).collect(Collectors.joining("\",\"", "\"", "\""));
    return text(
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}".formatted(digests));
  }

  private static Blob manifest(Blob config, List<Blob> layers) {
    return text(
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MANIFEST_TYPE,
                descriptor(CONFIG_TYPE, config),
                layers.stream()
                    .map(layer -> descriptor(LAYER_TYPE, layer))
                    .collect(Collectors.joining(","))));
  }

  private static String descriptor(String type, Blob blob) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, blob.digest(), blob.size());
  }

  private static Blob text(String text) {
    return Blob.of(text.getBytes(UTF_8));
  }
}
