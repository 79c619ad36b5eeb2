package io.slipway.http.v2;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.slipway.metadata.Referrer;
import io.slipway.oci.MediaTypes;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Writes an image index of referrers (distribution-spec, "Listing Referrers"). */
final class ReferrersIndex {
  private static final int DESCRIPTOR_CHARACTERS = 256;

  private ReferrersIndex() {}

  static Buffer of(List<Referrer> referrers) {
    StringBuilder json =
        new StringBuilder(128 + referrers.size() * DESCRIPTOR_CHARACTERS)
            .append("{\"schemaVersion\":2,\"mediaType\":\"")
            .append(MediaTypes.OCI_INDEX)
            .append("\",\"manifests\":[");
    for (int i = 0; i < referrers.size(); i++) {
      append(json.append(i == 0 ? "" : ","), referrers.get(i));
    }
    return Buffer.buffer(json.append("]}").toString());
  }

  private static void append(StringBuilder json, Referrer referrer) {
    string(json.append("{\"mediaType\":"), referrer.mediaType());
    json.append(",\"digest\":\"")
        .append(referrer.digest().text())
        .append("\",\"size\":")
        .append(referrer.size());
    if (!referrer.artifactType().isEmpty()) {
      string(json.append(",\"artifactType\":"), referrer.artifactType());
    }
    if (!referrer.annotations().equals("{}")) {
      json.append(",\"annotations\":").append(referrer.annotations());
    }
    json.append('}');
  }

  private static void string(StringBuilder json, String text) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }
}
