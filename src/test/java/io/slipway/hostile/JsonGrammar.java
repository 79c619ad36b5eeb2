package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.oci.MediaTypes;
import java.util.stream.IntStream;

/** Makes manifests that are nearly right; each character of the result is one byte. */
record JsonGrammar(Dice dice) {
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  String manifest() {
    if (dice.chance(0.2)) {
      return FuzzContent.latin1(FuzzContent.MANIFEST);
    }
    String json = dice.chance(0.85) ? document() : value(0);
    if (dice.chance(0.1)) {
      json =
          dice.pick(
              "\u00ef\u00bb\u00bf" + json,
              json + json,
              json + "\0",
              "\u00fe\u00ff" + json,
              new String(json.getBytes(ISO_8859_1), ISO_8859_1).replace("\"", "'"),
              "/**/" + json,
              json + ",");
    }
    return dice.chance(0.25) ? new Mutation(dice).of(json) : json;
  }

  private String document() {
    StringBuilder fields = new StringBuilder("{\"schemaVersion\":");
    fields.append(dice.chance(0.9) ? "2" : value(1));
    if (dice.chance(0.9)) {
      fields.append(",\"mediaType\":").append(mediaType());
    }
    if (dice.chance(0.7)) {
      fields
          .append(",\"config\":")
          .append(descriptor())
          .append(",\"layers\":")
          .append(descriptors());
    } else {
      fields.append(",\"manifests\":").append(descriptors());
    }
    for (int i = dice.below(3); i > 0; i--) {
      fields.append(',').append(field());
    }
    return fields.append('}').toString();
  }

  private String field() {
    return switch (dice.below(6)) {
      case 0 -> "\"subject\":" + descriptor();
      case 1 -> "\"annotations\":{\"a\":" + (dice.chance(0.7) ? text() : value(1)) + "}";
      case 2 -> "\"artifactType\":" + (dice.chance(0.7) ? mediaType() : value(1));
      case 3 -> dice.pick("\"layers\":[]", "\"Layers\":[]", "\"\\u006cayers\":[]", "\"blobs\":[]");
      case 4 -> "\"mediaType\":" + mediaType();
      default -> text() + ":" + value(0);
    };
  }

  private String mediaType() {
    return dice.chance(0.85)
        ? "\""
            + dice.pick(
                MediaTypes.OCI_MANIFEST,
                MediaTypes.OCI_MANIFEST,
                MediaTypes.OCI_INDEX,
                MediaTypes.DOCKER_MANIFEST,
                MediaTypes.DOCKER_MANIFEST_LIST,
                MediaTypes.OCI_ARTIFACT,
                LAYER)
            + "\""
        : value(1);
  }

  private String descriptors() {
    if (dice.chance(0.1)) {
      return value(0);
    }
    int count = dice.chance(0.01) ? 300 : dice.below(4);
    return "["
        + String.join(",", IntStream.range(0, count).mapToObj(i -> descriptor()).toList())
        + "]";
  }

  private String descriptor() {
    if (dice.chance(0.05)) {
      return value(0);
    }
    String digest =
        dice.chance(0.9)
            ? dice.pick(
                FuzzContent.BLOB_DIGEST.text(),
                FuzzContent.BLOB_DIGEST.text(),
                FuzzContent.MANIFEST_DIGEST.text(),
                FuzzContent.EMPTY)
            : dice.pick(
                "sha256:", "md5:0", "", "sha512:" + "0".repeat(128), "sha256:" + "0".repeat(64));
    String size =
        dice.chance(0.9) ? "4096" : dice.chance(0.5) ? value(1) : "\"" + dice.number() + "\"";
    String more =
        dice.chance(0.9) ? "" : ",\"urls\":" + (dice.chance(0.5) ? "[\"http://a/\"]" : value(0));
    return "{\"mediaType\":"
        + mediaType()
        + ",\"digest\":\""
        + digest
        + "\",\"size\":"
        + size
        + more
        + "}";
  }

  private String text() {
    String text =
        dice.pick(
            "a",
            "",
            "\\u0000",
            "\\ud800",
            "\\ud83d\\ude00",
            "\u00ff",
            "\0",
            "\\x",
            "\\",
            "a".repeat(5000),
            "\n",
            "\\u",
            new String("\u00e4\ud83d\ude00".getBytes(UTF_8), ISO_8859_1),
            "\u00c0\u0080",
            "\u00ed\u00a0\u0080",
            "../..",
            "\\\"");
    return "\"" + text + "\"";
  }

  private String value(int depth) {
    return switch (dice.below(depth > 4 ? 6 : 9)) {
      case 0 -> dice.number();
      case 1 ->
          dice.pick(
              "1e999999999",
              "-0",
              "0.0",
              "1e-400",
              "9".repeat(900),
              "9".repeat(5000),
              "2.0",
              "1E2",
              "-",
              ".5",
              "1.");
      case 2 -> text();
      case 3 -> dice.pick("null", "true", "false", "nul", "True", "undefined", "");
      case 4 -> "[".repeat(dice.pick(3, 63, 64, 65, 1000, 50_000));
      case 5 -> {
        int deep = dice.pick(3, 63, 64, 65, 1000, 5000);
        yield "{\"a\":".repeat(deep) + "1" + "}".repeat(deep);
      }
      case 6 -> "[" + value(depth + 1) + "," + value(depth + 1) + "]";
      default ->
          "{" + text() + ":" + value(depth + 1) + "," + text() + ":" + value(depth + 1) + "}";
    };
  }
}
