package io.slipway.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests: decides their media type and refuses what is malformed, ambiguous or too deep.
 * Everything it refuses is {@link ErrorCode#MANIFEST_INVALID}.
 */
public final class ManifestParser {
  private static final int MAX_DEPTH = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Manifest.MAX_BYTES)
                          .build())
                  // A key that comes twice lets two readers see two manifests under one digest.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestParser() {}

  /**
   * Parses one manifest. Takes up to milliseconds for the largest: not on an event loop.
   *
   * @param content at most {@link Manifest#MAX_BYTES}
   * @param contentType the request's Content-Type, absent or with parameters as it came
   */
  public static Manifest parse(byte[] content, @Nullable String contentType) {
    JsonNode root = read(content);
    String mediaType = mediaType(root, MediaTypes.specific(contentType));
    return switch (mediaType) {
      case MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST -> image(root, mediaType);
      case MediaTypes.OCI_INDEX, MediaTypes.DOCKER_MANIFEST_LIST -> index(root, mediaType);
      case MediaTypes.OCI_ARTIFACT -> artifact(root);
      default -> throw unsupported(mediaType);
    };
  }

  private static JsonNode read(byte[] content) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw invalid("it is not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid("it is not valid JSON");
    }
    if (!root.isObject()) {
      throw invalid("it is not a JSON object");
    }
    return root;
  }

  private static String mediaType(JsonNode root, String contentType) {
    JsonNode field = root.path("mediaType");
    if (!field.isMissingNode() && !field.isTextual()) {
      throw invalid("its mediaType is not a string");
    }
    String own = field.asText("");
    if (MediaTypes.isDockerSchema1(contentType) || root.path("schemaVersion").asInt(2) == 1) {
      throw invalid(
          "Docker schema 1 manifests are not supported; push it again with schema 2 or OCI");
    }
    JsonNode schemaVersion = root.path("schemaVersion");
    boolean absent = schemaVersion.isMissingNode();
    if (absent ? !own.equals(MediaTypes.OCI_ARTIFACT) : !isTwo(schemaVersion)) {
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

  private static boolean isTwo(JsonNode schemaVersion) {
    return schemaVersion.isInt() && schemaVersion.intValue() == 2;
  }

  private static Manifest image(JsonNode root, String mediaType) {
    if (root.has("manifests")) {
      // The same bytes could be read as an index (CVE-2021-41190).
      throw invalid("it is an image manifest and has the field manifests of an index");
    }
    Descriptor config = descriptor(root.path("config"), "config");
    List<Descriptor> blobs = new ArrayList<>();
    blobs.add(config);
    blobs.addAll(descriptors(root, "layers", !mediaType.equals(MediaTypes.OCI_MANIFEST)));
    String artifactType = text(root, "artifactType");
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
    List<Descriptor> children = descriptors(root, "manifests", true);
    return manifest(root, mediaType, text(root, "artifactType"), List.of(), children);
  }

  private static Manifest artifact(JsonNode root) {
    List<Descriptor> blobs = descriptors(root, "blobs", false);
    return manifest(root, MediaTypes.OCI_ARTIFACT, text(root, "artifactType"), blobs, List.of());
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
            : Optional.of(descriptor(subject, "subject").digest());
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

  private static List<Descriptor> descriptors(JsonNode root, String field, boolean required) {
    JsonNode array = root.path(field);
    if (!required && (array.isMissingNode() || array.isNull())) {
      return List.of();
    }
    if (!array.isArray()) {
      throw invalid("its field " + field + " is not an array");
    }
    List<Descriptor> descriptors = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      descriptors.add(descriptor(array.get(i), field + "[" + i + "]"));
    }
    return descriptors;
  }

  private static Descriptor descriptor(JsonNode node, String where) {
    if (!node.isObject()) {
      throw invalid("its " + where + " is not a descriptor");
    }
    JsonNode size = node.path("size");
    if (!size.canConvertToLong() || !size.isIntegralNumber() || size.longValue() < 0) {
      throw invalid("the size of its " + where + " is not a whole number from 0");
    }
    String digest = text(node, "digest");
    Digest parsed =
        Digest.find(digest)
            .orElseThrow(() -> invalid("the digest of its " + where + " is " + Quoted.of(digest)));
    String mediaType = text(node, "mediaType");
    boolean external = !node.path("urls").isEmpty() || MediaTypes.isNondistributable(mediaType);
    return new Descriptor(mediaType, parsed, size.longValue(), external);
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
      throw invalid("its field " + field + " is not a string");
    }
    return value.asText("");
  }

  private static RegistryException unsupported(String mediaType) {
    return invalid("the media type " + Quoted.of(mediaType) + " is not one of a manifest");
  }

  private static RegistryException invalid(String reason) {
    return new RegistryException(
        ErrorCode.MANIFEST_INVALID, "tried to read the manifest but " + reason);
  }
}
