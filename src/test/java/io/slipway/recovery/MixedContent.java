package io.slipway.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.MediaTypes;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * One of everything that a registry can have: images, indexes of them, referrers, artifacts,
 * sha512, mounts, tags that moved, tags and manifests that were deleted, repositories within
 * others.
 */
final class MixedContent {
  static final String APP = "team/app";
  static final String DEEP = "team/app/tools/deep";
  static final String OTHER = "other";
  static final byte[] CONFIG = {'{', '}'};
  static final byte[] LAYER = PushClient.bytes(1, 5000);
  static final byte[] SECOND = PushClient.bytes(2, 300_000);
  static final byte[] LONG = PushClient.bytes(3, 700);
  static final byte[] IMAGE = PushClient.manifest(CONFIG, LAYER);
  static final byte[] IMAGE_2 = PushClient.manifest(CONFIG, SECOND);
  static final byte[] DELETED = PushClient.manifest(LAYER, SECOND);
  static final byte[] INDEX =
      index(
          descriptor(MediaTypes.OCI_MANIFEST, IMAGE), descriptor(MediaTypes.OCI_MANIFEST, IMAGE_2));
  static final byte[] OUTER = index(descriptor(MediaTypes.OCI_INDEX, INDEX));
  static final byte[] SBOM =
      """
      {"mediaType":"%s","artifactType":"application/vnd.example.sbom","blobs":[%s],"subject":%s,"annotations":{"a":"b \\"c\\""}}"""
          .formatted(
              MediaTypes.OCI_ARTIFACT,
              descriptor("application/json", CONFIG),
              descriptor(MediaTypes.OCI_MANIFEST, IMAGE))
          .getBytes(UTF_8);
  static final byte[] REFERRER =
      image(descriptor("application/x", LONG, DigestAlgorithm.SHA512), "")
          .replace("\"layers\"", "\"artifactType\":\"application/vnd.sig\",\"layers\"")
          .replace("\"annotations\":{}", "\"subject\":" + descriptor(MediaTypes.OCI_INDEX, INDEX))
          .getBytes(UTF_8);
  static final byte[] FOREIGN =
      image(
              descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", new byte[9]),
              "\"os\":\"other\"")
          .getBytes(UTF_8);

  private final TestRegistry registry;

  MixedContent(TestRegistry registry) {
    this.registry = registry;
  }

  static Digest digest(byte[] bytes) {
    return PushClient.digest(bytes);
  }

  private static String descriptor(String type, byte[] content) {
    return descriptor(type, content, DigestAlgorithm.SHA256);
  }

  private static String descriptor(String type, byte[] content, DigestAlgorithm algorithm) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, Digest.of(algorithm, content), content.length);
  }

  private static String image(String layer, String annotation) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s],\"annotations\":{%s}}"
        .formatted(
            MediaTypes.OCI_MANIFEST,
            descriptor("application/vnd.oci.image.config.v1+json", CONFIG),
            layer,
            annotation);
  }

  private static byte[] index(String... children) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
        .formatted(MediaTypes.OCI_INDEX, String.join(",", children))
        .getBytes(UTF_8);
  }

  /** Pushes everything. */
  void push() {
    for (byte[] blob : List.of(CONFIG, LAYER, SECOND)) {
      blob(APP, blob, DigestAlgorithm.SHA256);
    }
    blob(APP, LONG, DigestAlgorithm.SHA512);
    manifest(APP, "v1", MediaTypes.OCI_MANIFEST, IMAGE);
    manifest(APP, "latest", MediaTypes.OCI_MANIFEST, IMAGE);
    manifest(APP, "latest", MediaTypes.OCI_MANIFEST, IMAGE_2);
    manifest(APP, digest(INDEX).text(), MediaTypes.OCI_INDEX, INDEX);
    manifest(APP, "multi", MediaTypes.OCI_INDEX, OUTER);
    manifest(APP, digest(SBOM).text(), MediaTypes.OCI_ARTIFACT, SBOM);
    manifest(APP, digest(REFERRER).text(), MediaTypes.OCI_MANIFEST, REFERRER);
    manifest(APP, "foreign", MediaTypes.OCI_MANIFEST, FOREIGN);
    manifest(APP, "gone", MediaTypes.OCI_MANIFEST, IMAGE);
    manifest(APP, "dead", MediaTypes.OCI_MANIFEST, DELETED);
    expect(202, "DELETE", manifest(APP, "gone"));
    expect(202, "DELETE", manifest(APP, digest(DELETED).text()));
    for (String repository : List.of(DEEP, OTHER)) {
      mount(repository, CONFIG);
      mount(repository, LAYER);
      manifest(repository, "v1", MediaTypes.OCI_MANIFEST, IMAGE);
    }
    String long512 = Digest.of(DigestAlgorithm.SHA512, IMAGE).text();
    manifest(OTHER, long512, MediaTypes.OCI_MANIFEST, IMAGE);
    for (int i = 0; i < 12; i++) {
      manifest(DEEP, "moving", MediaTypes.OCI_MANIFEST, IMAGE);
    }
  }

  /** Asks everything that a client can ask; each answer as a line. */
  List<String> answers() {
    List<String> answers = new ArrayList<>();
    answers.add(ask("GET", "/v2/_catalog"));
    for (String repository : List.of(APP, DEEP, OTHER)) {
      answers.add(ask("GET", "/v2/" + repository + "/tags/list"));
      for (String reference :
          List.of("v1", "latest", "multi", "foreign", "gone", "dead", "moving")) {
        answers.add(ask("GET", manifest(repository, reference)));
      }
      for (byte[] content :
          List.of(IMAGE, IMAGE_2, INDEX, OUTER, SBOM, REFERRER, FOREIGN, DELETED)) {
        answers.add(ask("GET", manifest(repository, digest(content).text())));
        answers.add(ask("HEAD", manifest(repository, digest(content).text())));
        answers.add(ask("GET", "/v2/" + repository + "/referrers/" + digest(content)));
      }
      answers.add(
          ask("GET", manifest(repository, Digest.of(DigestAlgorithm.SHA512, IMAGE).text())));
      for (byte[] blob : List.of(CONFIG, LAYER, SECOND)) {
        answers.add(ask("GET", blob(repository, digest(blob))));
        answers.add(ask("HEAD", blob(repository, digest(blob))));
      }
      answers.add(ask("GET", blob(repository, Digest.of(DigestAlgorithm.SHA512, LONG))));
    }
    return answers;
  }

  private String ask(String method, String path) {
    HttpResponse<byte[]> answer = registry.send(method, path);
    String headers =
        List.of("content-type", "content-length", "docker-content-digest", "etag").stream()
            .map(name -> answer.headers().firstValue(name).orElse(""))
            .toList()
            .toString();
    return method
        + " "
        + path
        + " "
        + answer.statusCode()
        + " "
        + headers
        + " "
        + new String(answer.body(), UTF_8);
  }

  static String manifest(String repository, String reference) {
    return "/v2/" + repository + "/manifests/" + reference;
  }

  static String blob(String repository, Digest digest) {
    return "/v2/" + repository + "/blobs/" + digest;
  }

  void manifest(String repository, String reference, String type, byte[] content) {
    HttpResponse<byte[]> answer =
        registry.send("PUT", manifest(repository, reference), content, "Content-Type", type);
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(201);
  }

  void blob(String repository, byte[] content, DigestAlgorithm algorithm) {
    String path = "/v2/" + repository + "/blobs/uploads/?digest=" + Digest.of(algorithm, content);
    assertThat(registry.send("POST", path, content).statusCode()).isEqualTo(201);
  }

  private void mount(String repository, byte[] content) {
    String path = "/v2/" + repository + "/blobs/uploads/?from=" + APP + "&mount=" + digest(content);
    expect(201, "POST", path);
  }

  private void expect(int status, String method, String path) {
    assertThat(registry.send(method, path).statusCode()).as(path).isEqualTo(status);
  }
}
