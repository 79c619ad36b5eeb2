package io.slipway.clients;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An image for two platforms that every client can unpack, as a folder; "both" names its index. */
final class SampleImage {
  private final Path folder;
  private final List<Variant> variants = new ArrayList<>();

  /**
   * The image of one platform: the digests of its manifest, of its configuration, of the layer that
   * no other has, compressed, and of both layers before compression.
   */
  private record Variant(String manifest, String config, String ownLayer, Set<String> diffs) {}

  /** Writes the image below a folder, in one that is called "sample". */
  SampleImage(Path folder) throws Exception {
    this.folder = folder;
    OciLayout layout = new OciLayout(folder.resolve("sample"));
    byte[] shared = archive("shared", Contents.random(1_000_000, 31));
    List<JsonObject> images = new ArrayList<>();
    for (String platform : platforms()) {
      byte[] own = archive(platform, Contents.random(2_000_000, 32 + images.size()));
      JsonObject image = layout.image(platform, shared, own);
      JsonObject manifest = layout.json(image);
      variants.add(
          new Variant(
              image.getString("digest"),
              manifest.getJsonObject("config").getString("digest"),
              manifest.getJsonArray("layers").getJsonObject(1).getString("digest"),
              Set.of(Contents.digest(shared), Contents.digest(own))));
      images.add(image);
      layout.name(platform, image);
    }
    layout.name("both", layout.index(images.toArray(JsonObject[]::new)));
  }

  static List<String> platforms() {
    return List.of("amd64", "arm64");
  }

  private byte[] archive(String name, byte[] content) throws Exception {
    Files.write(folder.resolve(name), content);
    Program.of("tar", "--owner=0", "--group=0", "--mtime=@0", "--transform=s,^,data/,")
        .in(folder)
        .print("-cf", name + ".tar", name);
    return Files.readAllBytes(folder.resolve(name + ".tar"));
  }

  private Variant variant(String platform) {
    return variants.get(platforms().indexOf(platform));
  }

  /** Returns the digest of the configuration, which Docker and Podman call the image's id. */
  String id(String platform) {
    return variant(platform).config;
  }

  /** Returns the digest of the compressed layer that only one platform has. */
  String ownLayer(String platform) {
    return variant(platform).ownLayer;
  }

  /** Returns the digests of the configuration and of the layers as they are before compression. */
  Set<String> contents(String platform) {
    Variant variant = variant(platform);
    Set<String> contents = new TreeSet<>(variant.diffs);
    contents.add(variant.config);
    return contents;
  }

  /** Returns the digests of all blobs of the folder. */
  Collection<String> blobs() throws IOException {
    return Contents.digests(folder.resolve("sample/blobs")).values();
  }

  /** Returns the digests of the blobs that only the image of one platform is made of. */
  Set<String> blobs(String platform) {
    Variant variant = variant(platform);
    return Set.of(variant.manifest, variant.config, variant.ownLayer);
  }
}
