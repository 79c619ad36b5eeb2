package io.slipway.clients;

import io.slipway.oci.MediaTypes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes images as a folder (image-spec, "Image Layout"). */
final class OciLayout {
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private final Path folder;
  private final JsonArray named = new JsonArray();

  OciLayout(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("blobs/sha256"));
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** Adds an image and returns its descriptor; a layer that a client unpacks must be an archive. */
  JsonObject image(String architecture, byte[]... layers) throws IOException {
    JsonArray descriptors = new JsonArray();
    JsonArray diffIds = new JsonArray();
    for (byte[] layer : layers) {
      diffIds.add(Contents.digest(layer));
      descriptors.add(blob(LAYER, gzip(layer)));
    }
    JsonObject platform = new JsonObject().put("architecture", architecture).put("os", "linux");
    JsonObject config =
        platform
            .copy()
            .put("config", new JsonObject())
            .put("rootfs", new JsonObject().put("type", "layers").put("diff_ids", diffIds));
    JsonObject manifest =
        manifest(MediaTypes.OCI_MANIFEST)
            .put("config", blob("application/vnd.oci.image.config.v1+json", bytes(config)))
            .put("layers", descriptors);
    return blob(MediaTypes.OCI_MANIFEST, bytes(manifest)).put("platform", platform);
  }

  /** Adds an index of images and returns its descriptor. */
  JsonObject index(JsonObject... images) throws IOException {
    JsonArray manifests = new JsonArray();
    for (JsonObject image : images) {
      manifests.add(image);
    }
    return blob(
        MediaTypes.OCI_INDEX, bytes(manifest(MediaTypes.OCI_INDEX).put("manifests", manifests)));
  }

  /** Makes a descriptor known by a name. */
  OciLayout name(String name, JsonObject descriptor) throws IOException {
    named.add(
        descriptor
            .copy()
            .put("annotations", new JsonObject().put("org.opencontainers.image.ref.name", name)));
    JsonObject index = new JsonObject().put("schemaVersion", 2).put("manifests", named);
    Files.write(folder.resolve("index.json"), bytes(index));
    return this;
  }

  /** Reads what a descriptor of this folder points at. */
  JsonObject json(JsonObject descriptor) throws IOException {
    return new JsonObject(Files.readString(file(descriptor.getString("digest"))));
  }

  private Path file(String digest) {
    return folder.resolve("blobs").resolve(digest.replace(':', '/'));
  }

  private static JsonObject manifest(String mediaType) {
    return new JsonObject().put("schemaVersion", 2).put("mediaType", mediaType);
  }

  private JsonObject blob(String mediaType, byte[] content) throws IOException {
    String digest = Contents.digest(content);
    Files.write(file(digest), content);
    return new JsonObject()
        .put("mediaType", mediaType)
        .put("digest", digest)
        .put("size", content.length);
  }

  private static byte[] bytes(JsonObject json) {
    return json.encode().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(content);
    }
    return compressed.toByteArray();
  }
}
