package io.slipway.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests: decides their media type and refuses what is malformed, ambiguous or too deep.
 * Everything it refuses is {@link ErrorCode#MANIFEST_INVALID}.
 */
public final class ManifestParser {
  private static final Set<String> FIELDS =
      Set.of(
          "schemaVersion",
          "mediaType",
          "artifactType",
          "config",
          "layers",
          "manifests",
          "blobs",
          "subject",
          "annotations");

  private ManifestParser() {}

  /**
   * Parses one manifest. Takes up to milliseconds for the largest: not on an event loop.
   *
   * @param content at most {@link Manifest#MAX_BYTES}
   * @param contentType the request's Content-Type, absent or with parameters as it came
   */
  public static Manifest parse(byte[] content, @Nullable String contentType) {
    JsonNode root = StrictJson.object(content);
    StrictJson.refuseOtherCase(root, FIELDS);
    String mediaType = mediaType(root, MediaTypes.specific(contentType));
    return switch (mediaType) {
      case MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST -> image(root, mediaType);
      case MediaTypes.OCI_INDEX, MediaTypes.DOCKER_MANIFEST_LIST -> index(root, mediaType);
      case MediaTypes.OCI_ARTIFACT -> artifact(root);
      default -> throw unsupported(mediaType);
    };
  }

  private static String mediaType(JsonNode root, String contentType) {
    JsonNode field = root.path("mediaType");
    if (!field.isMissingNode() && !field.isTextual()) {
      throw invalid("its mediaType is not a string");
    }
    String own = field.asText("");
    JsonNode schemaVersion = root.path("schemaVersion");
    if (MediaTypes.isDockerSchema1(contentType) || is(schemaVersion, 1)) {
      throw invalid(
          "Docker schema 1 manifests are not supported; push it again with schema 2 or OCI");
    }
    boolean absent = schemaVersion.isMissingNode();
    if (absent ? !own.equals(MediaTypes.OCI_ARTIFACT) : !is(schemaVersion, 2)) {
      throw invalid("its schemaVersion is not 2");
    }
    if (!own.isEmpty() && !contentType.isEmpty() && !own.equals(contentType)) {
      throw invalid(
          "its mediaType is " + Quoted.of(own) + " and its Content-Type " + Quoted.of(contentType));
    }
    String mediaType = own.isEmpty() ? contentType : own;
    if (mediaType.isEmpty()) {
      throw invalid("neither its mediaType nor its Content-Type tells what it is");
    }
    return mediaType;
  }

  private static boolean is(JsonNode schemaVersion, int number) {
    return schemaVersion.isInt() && schemaVersion.intValue() == number;
  }

  private static Manifest image(JsonNode root, String mediaType) {
    if (root.has("manifests")) {
      // The same bytes could be read as an index (CVE-2021-41190).
      throw invalid("it is an image manifest and has the field manifests of an index");
    }
    Descriptor config = DescriptorParser.one(root.path("config"), "config");
    List<Descriptor> blobs = new ArrayList<>();
    blobs.add(config);
    blobs.addAll(DescriptorParser.list(root, "layers", !mediaType.equals(MediaTypes.OCI_MANIFEST)));
    String artifactType = StrictJson.text(root, "artifactType");
    return manifest(
        root,
        mediaType,
        artifactType.isEmpty() ? config.mediaType() : artifactType,
        blobs,
        List.of());
  }

  private static Manifest index(JsonNode root, String mediaType) {
    if (root.has("config") || root.has("layers")) {
      throw invalid("it is an index and has the fields config or layers of an image manifest");
    }
    // What is no manifest, a layer in the index of a build cache, was pushed as a blob.
    Map<Boolean, List<Descriptor>> named =
        DescriptorParser.list(root, "manifests", true).stream()
            .collect(Collectors.partitioningBy(child -> MediaTypes.isManifest(child.mediaType())));
    return manifest(
        root,
        mediaType,
        StrictJson.text(root, "artifactType"),
        named.getOrDefault(false, List.of()),
        named.getOrDefault(true, List.of()));
  }

  private static Manifest artifact(JsonNode root) {
    if (root.has("config") || root.has("layers") || root.has("manifests")) {
      throw invalid("it is an artifact and has fields of an image manifest or index");
    }
    List<Descriptor> blobs = DescriptorParser.list(root, "blobs", false);
    String artifactType = StrictJson.text(root, "artifactType");
    return manifest(root, MediaTypes.OCI_ARTIFACT, artifactType, blobs, List.of());
  }

  private static Manifest manifest(
      JsonNode root,
      String mediaType,
      String artifactType,
      List<Descriptor> blobs,
      List<Descriptor> children) {
    if (blobs.size() + children.size() > Manifest.MAX_REFERENCES) {
      throw invalid("it names more than " + Manifest.MAX_REFERENCES + " manifests and blobs");
    }
    JsonNode subject = root.path("subject");
    Optional<Digest> subjectDigest =
        subject.isMissingNode() || subject.isNull()
            ? Optional.empty()
            : Optional.of(DescriptorParser.one(subject, "subject").digest());
    return new Manifest(mediaType, artifactType, blobs, children, subjectDigest, annotations(root));
  }

  private static String annotations(JsonNode root) {
    JsonNode annotations = root.path("annotations");
    if (annotations.isMissingNode() || annotations.isNull()) {
      return "{}";
    }
    if (!annotations.isObject()) {
      throw invalid("its annotations are not an object");
    }
    for (JsonNode value : annotations) {
      if (!value.isTextual()) {
        throw invalid("its annotations hold a value that is not a string");
      }
    }
    return annotations.toString();
  }

  private static RegistryException unsupported(String mediaType) {
    return invalid("the media type " + Quoted.of(mediaType) + " is not one of a manifest");
  }

  static RegistryException invalid(String reason) {
    return new RegistryException(
        ErrorCode.MANIFEST_INVALID, "tried to read the manifest but " + reason);
  }
}
