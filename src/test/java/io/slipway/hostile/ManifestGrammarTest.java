package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slipway.oci.Descriptor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Manifest;
import io.slipway.oci.ManifestParser;
import io.slipway.oci.RegistryException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Parses manifests that are nearly right. */
class ManifestGrammarTest {
  private static final int TRIES = Boolean.getBoolean("slipway.long") ? 300_000 : 5_000;
  private static final ObjectMapper LENIENT = new ObjectMapper();

  @Property(tries = 5_000)
  void refusesOrUnderstandsAsAnotherReaderDoes(@ForAll long seed) throws IOException {
    for (int i = 0; i < TRIES / 5_000; i++) {
      Dice dice = Dice.of(seed, i);
      byte[] bytes = new JsonGrammar(dice).manifest().getBytes(ISO_8859_1);
      String type = dice.chance(0.5) ? null : new HeaderGrammar(dice).mediaType();
      Optional<Manifest> parsed = parse(bytes, type);
      if (parsed.isPresent()) {
        requireAgreement(parsed.get(), LENIENT.readTree(bytes));
      }
    }
  }

  private static Optional<Manifest> parse(byte[] bytes, @Nullable String type) {
    try {
      return Optional.of(ManifestParser.parse(bytes, type));
    } catch (RegistryException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID);
      assertThat(e.getMessage()).startsWith("tried to ").contains(" but ");
      return Optional.empty();
    }
  }

  /** What a client that reads the same bytes with less care would fetch, and nothing else. */
  private static void requireAgreement(Manifest manifest, JsonNode json) {
    Set<String> named = new TreeSet<>();
    for (String field : new String[] {"layers", "manifests", "blobs"}) {
      json.path(field).forEach(child -> named.add(child.path("digest").asText()));
    }
    if (json.path("config").isObject()) {
      named.add(json.path("config").path("digest").asText());
    }
    Set<String> understood = new TreeSet<>();
    Stream.concat(manifest.blobs().stream(), manifest.children().stream())
        .map(Descriptor::digest)
        .forEach(digest -> understood.add(digest.text()));
    assertThat(understood).isEqualTo(named);
    assertThat(manifest.subject().map(Object::toString).orElse(""))
        .isEqualTo(json.path("subject").path("digest").asText(""));
  }
}
