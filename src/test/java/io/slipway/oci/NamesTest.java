package io.slipway.oci;

import static io.slipway.oci.Refusal.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repository names, tags and references, with the specification's own expressions as oracles. */
final class NamesTest {
  // distribution-spec, "Pulling manifests"
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "library/python", "a.b_c__d-e---f/0", "localhost/a", "v2/_x"})
  void takesNamesAsTheExpressionDoes(String text) {
    assertThat(RepositoryName.find(text).isPresent()).isEqualTo(NAME.matcher(text).matches());
    RepositoryName.find(text).ifPresent(name -> assertThat(name).hasToString(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "-a", "a-", "a.", "a..b", "a___b", "a_.b",
        "a._b", "a-_b", "A", "a/B", "ä", "a b", "a\n", "a\0b", "a%2fb", "a:b", "a@b", "a\\b", "_a"
      })
  void refusesOtherNames(String text) {
    assertRefused(ErrorCode.NAME_INVALID, () -> RepositoryName.parse(text))
        .startsWith("tried to read the repository name \"")
        .contains("expected components of a-z and 0-9");
  }

  @Test
  void takesNamesOfUpTo255Characters() {
    String longest = "a/".repeat(127) + "a";
    assertThat(RepositoryName.parse(longest)).hasToString(longest);
    assertRefused(ErrorCode.NAME_INVALID, () -> RepositoryName.parse(longest + "b"));
  }

  @Property(tries = 5_000)
  void agreesWithTheExpressionOnNames(@ForAll("names") String text) {
    boolean expected = text.length() <= 255 && NAME.matcher(text).matches();
    assertThat(RepositoryName.find(text).isPresent()).isEqualTo(expected);
  }

  // Few characters, so that every separator comes next to every other.
  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> anything = Arbitraries.strings().withChars("a0._-/A").ofMaxLength(12);
    Arbitrary<String> mostlyRight =
        Arbitraries.of("a", "b0", "a.a", "a_a", "a__a", "a--a", "/", "/", "-", "_", "a///a")
            .list()
            .ofMaxSize(140)
            .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(anything, mostlyRight);
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "v1.2.3", "_", "A", "0", "a..b", "a.-_", "1-alpine"})
  void takesTags(String text) {
    assertThat(Tag.parse(text)).hasToString(text);
    assertThat(Reference.parse(text)).isEqualTo(new Tag(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".a", "-a", "a/b", "a b", "ä", "a\n", "a\0", "a@b", "a+b", "..", "a%20"})
  void refusesOtherTags(String text) {
    assertRefused(ErrorCode.TAG_INVALID, () -> Tag.parse(text))
        .startsWith("tried to read the tag \"")
        .contains("expected 1 to 128");
    assertRefused(ErrorCode.TAG_INVALID, () -> Reference.parse(text));
  }

  @Property(tries = 2_000)
  void agreesWithTheExpressionOnTags(@ForAll("tags") String text) {
    assertThat(Tag.find(text).isPresent()).isEqualTo(TAG.matcher(text).matches());
  }

  @Provide
  Arbitrary<String> tags() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("aZ9._-/:ß ").ofMaxLength(4),
        Arbitraries.strings().withChars("aZ9._-").ofMinLength(126).ofMaxLength(130));
  }

  @ParameterizedTest
  @ValueSource(strings = {":", "sha256:abc", "latest:", "sha999:00", "a:b:c"})
  void readsAColonAsADigest(String text) {
    assertRefused(ErrorCode.DIGEST_INVALID, () -> Reference.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc"})
  void tellsADigestFromATag(String content) {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, content.getBytes(UTF_8));
    assertThat(Reference.parse(digest.text())).isEqualTo(digest).isInstanceOf(Digest.class);
  }
}
