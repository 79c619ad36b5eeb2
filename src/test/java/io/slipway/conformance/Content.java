package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** What a registry under test has, by name: every kind of content once. */
final class Content {
  static final String REPOSITORY = "team/app";

  private final TestRegistry registry;
  private final Map<String, String> names = new HashMap<>();

  Content(TestRegistry registry) {
    this.registry = registry;
    names.put("repo", REPOSITORY);
    names.put("missing", digest(bytes(3, 7)).text());
  }

  /** Makes bytes that are the same in every run. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Digest digest(byte[] content) {
    return Digest.of(DigestAlgorithm.SHA256, content);
  }

  /** Pushes a blob under a name. */
  Content blob(String name, byte[] bytes, DigestAlgorithm algorithm) {
    String digest = Digest.of(algorithm, bytes).text();
    HttpResponse<byte[]> answer =
        registry.send("POST", "/v2/" + REPOSITORY + "/blobs/uploads/?digest=" + digest, bytes);
    assertThat(answer.statusCode()).isEqualTo(201);
    return named(name, digest);
  }

  Content blob(String name, byte[] bytes) {
    return blob(name, bytes, DigestAlgorithm.SHA256);
  }

  /** Pushes a manifest by tag or digest, and gives its digest a name. */
  Content manifest(String name, String reference, String mediaType, String text) {
    String json = resolve(text);
    HttpResponse<byte[]> answer =
        registry.send(
            "PUT",
            "/v2/" + REPOSITORY + "/manifests/" + resolve(reference),
            json.getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            mediaType);
    assertThat(answer.statusCode())
        .as("%s", new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(201);
    names.put(name + ".length", Integer.toString(json.length()));
    return named(name, digest(json.getBytes(StandardCharsets.UTF_8)).text());
  }

  /** Pushes an image whose config and only layer are there already. */
  Content image(String name, String reference) {
    return manifest(
        name, reference, MediaTypes.OCI_MANIFEST, imageJson("\"name\":\"" + name + "\""));
  }

  Content named(String name, String value) {
    names.put(name, value);
    return this;
  }

  String get(String name) {
    return resolve("{" + name + "}");
  }

  /** Replaces every {@code {name}}. */
  String resolve(String text) {
    String resolved = text;
    for (Map.Entry<String, String> name : names.entrySet()) {
      resolved = resolved.replace("{" + name.getKey() + "}", name.getValue());
    }
    return resolved;
  }

  /** Writes an image manifest of the blobs {@code {config}} and {@code {blob}}. */
  static String imageJson(String annotation) {
    return """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{config}","size":2},\
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{blob}","size":2048}],\
        "annotations":{%s}}"""
        .formatted(annotation);
  }
}
