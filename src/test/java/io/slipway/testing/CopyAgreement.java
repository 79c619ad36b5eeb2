package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares the copies of tags and manifests with their rows, both ways. What is due may be written
 * at this moment: of that it says nothing.
 */
record CopyAgreement(StoredData stored) {

  void require() {
    Set<String> due =
        new HashSet<>(stored.query("SELECT kind || 's/' || repo || '/' || name FROM copy_due"));
    Map<String, String> expected = new TreeMap<>();
    for (String row :
        stored.query(
            "SELECT repo || '/' || name || '@' || version, coalesce(digest, '') FROM tag")) {
      String[] columns = row.split("\\|", -1);
      expected.put("tags/" + columns[0], columns[1]);
    }
    for (String row : stored.query("SELECT repo || '/' || digest, media_type FROM manifest")) {
      String[] columns = row.split("\\|", -1);
      String key = "manifests/" + columns[0];
      expected.put(key, key.substring(key.lastIndexOf('/') + 1));
      expected.put(key + ".mediatype", columns[1]);
    }
    expected.keySet().removeIf(key -> due.contains(source(key)));
    assertThat(files(due)).as("copies").containsExactlyElementsOf(expected.keySet());
    expected.forEach(this::requireContent);
    assertThat(stored.files("writing"))
        .as("half-written copies")
        .hasSizeLessThanOrEqualTo(due.isEmpty() ? 0 : 1);
  }

  private List<String> files(Set<String> due) {
    return Stream.of("manifests", "tags")
        .flatMap(folder -> stored.files(folder).stream())
        .filter(key -> !due.contains(source(key)))
        .sorted()
        .toList();
  }

  /** Returns what a copy is of: neither a version nor a media type is part of its name. */
  private static String source(String key) {
    return key.startsWith("tags/")
        ? key.substring(0, key.lastIndexOf('@'))
        : key.replaceFirst("\\.mediatype$", "");
  }

  private void requireContent(String key, String expected) {
    byte[] copy = stored.read(key);
    if (key.endsWith(".mediatype")) {
      assertThat(new String(copy, UTF_8)).as(key).isEqualTo(expected);
    } else if (key.startsWith("tags/")) {
      String named = expected.isEmpty() ? "\"digest\":null" : "\"digest\":\"" + expected + "\"";
      assertThat(new String(copy, UTF_8)).as(key).contains(named);
    } else {
      DigestAlgorithm algorithm = Digest.parse(expected).algorithm();
      assertThat(Digest.of(algorithm, copy).text()).as(key).isEqualTo(expected);
    }
  }
}
