package io.slipway.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the descriptors of a manifest (image-spec, descriptor.md). */
final class DescriptorParser {
  private static final Set<String> FIELDS = Set.of("mediaType", "digest", "size", "urls");

  private DescriptorParser() {}

  /** Reads an array of descriptors; one that is not required may be absent or null. */
  static List<Descriptor> list(JsonNode root, String field, boolean required) {
    JsonNode array = root.path(field);
    if (!required && (array.isMissingNode() || array.isNull())) {
      return List.of();
    }
    if (!array.isArray()) {
      throw ManifestParser.invalid("its field " + field + " is not an array");
    }
    List<Descriptor> descriptors = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      descriptors.add(one(array.get(i), field + "[" + i + "]"));
    }
    return descriptors;
  }

  /**
   * Reads one descriptor.
   *
   * @param where names it in a refusal
   */
  static Descriptor one(JsonNode node, String where) {
    if (!node.isObject()) {
      throw ManifestParser.invalid("its " + where + " is not a descriptor");
    }
    StrictJson.refuseOtherCase(node, FIELDS);
    JsonNode size = node.path("size");
    if (!size.canConvertToLong() || !size.isIntegralNumber() || size.longValue() < 0) {
      throw ManifestParser.invalid("the size of its " + where + " is not a whole number from 0");
    }
    String digest = StrictJson.text(node, "digest");
    Digest parsed =
        Digest.find(digest)
            .orElseThrow(
                () ->
                    ManifestParser.invalid(
                        "the digest of its " + where + " is " + Quoted.of(digest)));
    String mediaType = StrictJson.text(node, "mediaType");
    boolean external = hasUrls(node, where) || MediaTypes.isNondistributable(mediaType);
    return new Descriptor(mediaType, parsed, size.longValue(), external);
  }

  private static boolean hasUrls(JsonNode node, String where) {
    JsonNode urls = node.path("urls");
    if (urls.isMissingNode() || urls.isNull()) {
      return false;
    }
    boolean texts = urls.isArray();
    for (JsonNode url : urls) {
      texts &= url.isTextual();
    }
    if (!texts) {
      throw ManifestParser.invalid("the urls of its " + where + " are not an array of strings");
    }
    return !urls.isEmpty();
  }
}
