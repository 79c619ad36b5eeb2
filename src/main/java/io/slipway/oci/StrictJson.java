package io.slipway.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Set;

/**
 * Reads JSON so that no two readers can see two documents in the same bytes (image-spec,
 * considerations.md, "JSON"; RFC 7493).
 */
final class StrictJson {
  private static final int MAX_DEPTH = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Manifest.MAX_BYTES)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Names come from clients: a table of them that outlives the document is theirs
                  // to fill.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /** Reads one object that is the whole of the content. */
  static JsonNode object(byte[] content) {
    JsonNode root;
    try {
      // Decoded here, because the parser guesses UTF-16 and UTF-32 and lets overlong forms pass.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      root = JSON.readTree(text);
      // UTF-8 has no halves of characters, so only an escape can bring one.
      if (text.contains("\\u")) {
        refuseHalves(root, StandardCharsets.UTF_8.newEncoder());
      }
    } catch (CharacterCodingException e) {
      throw ManifestParser.invalid("it is not valid UTF-8");
    } catch (JsonProcessingException e) {
      throw ManifestParser.invalid("it is not valid JSON: " + Quoted.of(e.getOriginalMessage()));
    }
    if (!root.isObject()) {
      throw ManifestParser.invalid("it is not a JSON object");
    }
    return root;
  }

  /** Refuses text that every reader has to change before it can write it (RFC 7493, 2.1). */
  private static void refuseHalves(JsonNode node, CharsetEncoder utf8) {
    boolean whole = !node.isTextual() || utf8.canEncode(node.textValue());
    for (Iterator<String> names = node.fieldNames(); whole && names.hasNext(); ) {
      whole = utf8.canEncode(names.next());
    }
    if (!whole) {
      throw ManifestParser.invalid("it is not valid Unicode: an escape is half of a character");
    }
    node.forEach(child -> refuseHalves(child, utf8));
  }

  /**
   * Refuses a name that differs from a known one by case alone: readers that ignore case, as Go's
   * does, take it for the known one.
   */
  static void refuseOtherCase(JsonNode object, Set<String> known) {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name) && known.stream().anyMatch(name::equalsIgnoreCase)) {
        throw ManifestParser.invalid(
            "its field " + Quoted.of(name) + " differs from the one known by case alone");
      }
    }
  }

  /** Returns a text field; empty when it is absent or null. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
      throw ManifestParser.invalid("its field " + field + " is not a string");
    }
    String text = value.asText("");
    if (text.indexOf('\0') >= 0) {
      // Not every database keeps it, and nobody means it.
      throw ManifestParser.invalid("its field " + field + " contains the character U+0000");
    }
    return text;
  }
}
