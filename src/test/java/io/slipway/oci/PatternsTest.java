package io.slipway.oci;

import static io.slipway.oci.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of names, with regular expressions as oracle. */
final class PatternsTest {

  @ParameterizedTest
  @CsvSource({
    "*, a, true",
    "*, a/b/c, true",
    "**, a/b/c, true",
    "a/*, a/b, true",
    "a/*, a/b/c, false",
    "a/*, a, false",
    "a/**, a/b/c, true",
    "a/**, a, false",
    "a*, a, true",
    "a*, ab, true",
    "a*, a/b, false",
    "a**, a/b, true",
    "*/b, a/b, true",
    "*/b, a/a/b, false",
    "**/b, a/a/b, true",
    "a.b, a.b, true",
    "a.b, a0b, false",
    "a_b, axb, false",
    "**/a*/**, x/ab/c, true",
    "**/a*/**, x/ba/c, false",
    "a/b, a/b, true",
    "a/b, a/b/c, false"
  })
  void matches(String pattern, String name, boolean expected) {
    assertThat(RepositoryPattern.parse(pattern).matches(RepositoryName.parse(name)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "***",
        "a***",
        "a/",
        "/a",
        "a//b",
        "*/",
        "A",
        "a b",
        "a?",
        "[a]",
        "a%",
        "a\0",
        "a\n",
        "ä",
        "**/**/**",
        "a*b*c*d*e*f*g*h*i*",
        "a\\*",
        "{a}",
        "!a",
        "a:b",
        "a@b",
        "a'b"
      })
  void refusesOtherPatterns(String text) {
    assertRefused(ErrorCode.NAME_INVALID, () -> RepositoryPattern.parse(text))
        .startsWith("tried to read the repository pattern \"");
  }

  @Test
  void takesPatternsOfUpTo300CharactersAnd8Wildcards() {
    String most = "a".repeat(288) + "**/**a*b*c*d".substring(0, 12);
    assertThat(RepositoryPattern.find("a".repeat(300))).isPresent();
    assertThat(RepositoryPattern.find("a".repeat(301))).isEmpty();
    assertThat(RepositoryPattern.find(most)).isPresent();
    assertThat(RepositoryPattern.find("*a*b*c*d*e*f*g*")).isPresent();
    assertThat(RepositoryPattern.parse("a/*").text()).isEqualTo("a/*");
    assertThat(RepositoryPattern.parse("a/*")).isEqualTo(RepositoryPattern.parse("a/*"));
  }

  @Property(tries = 5_000)
  void agreesWithTheExpression(@ForAll("patterns") String pattern, @ForAll("names") String name) {
    assertThat(RepositoryPattern.parse(pattern).matches(new RepositoryName(name)))
        .isEqualTo(expression(pattern).matcher(name).matches());
  }

  private static Pattern expression(String pattern) {
    return Pattern.compile(
        pattern.equals("*")
            ? ".*"
            : pattern
                .replace(".", "\\.")
                .replace("**", "§")
                .replace("*", "[^/]*")
                .replace("§", ".*"));
  }

  // Few characters, so that much matches.
  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("a", "b", "_", "/", "*", "**")
        .list()
        .ofMinSize(1)
        .ofMaxSize(7)
        .map(parts -> String.join("", parts))
        .filter(text -> RepositoryPattern.find(text).isPresent());
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of("a", "b", "a_b", "a.b", "ab")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("/", parts));
  }

  @Test
  void takesNoLongerForWhatIsMadeUp() {
    RepositoryPattern pattern = RepositoryPattern.parse("**a**a*a*a*a*a*ab");
    RepositoryName name = new RepositoryName("a".repeat(255));
    Assertions.assertTimeout(
        Duration.ofSeconds(2),
        () -> {
          for (int i = 0; i < 1_000; i++) {
            assertThat(pattern.matches(name)).isFalse();
          }
        });
  }

  @Test
  void filtersByUnions() {
    RepositoryFilter some = filter("a/*", "b");
    RepositoryFilter others = filter("a/x*", "b", "c");
    assertThat(matching(some)).containsExactly("a/x1", "a/y", "b");
    assertThat(matching(some.and(others))).containsExactly("a/x1", "b");
    assertThat(some.and(RepositoryFilter.ALL)).isEqualTo(some);
    assertThat(RepositoryFilter.ALL.and(some)).isEqualTo(some);
    assertThat(some.and(some)).isEqualTo(some);
    assertThat(some.and(RepositoryFilter.NONE)).isEqualTo(RepositoryFilter.NONE);
    assertThat(filter("a", "*")).isEqualTo(RepositoryFilter.ALL);
    assertThat(filter()).isEqualTo(RepositoryFilter.NONE);
    assertThat(matching(RepositoryFilter.NONE)).isEmpty();
    assertThat(matching(RepositoryFilter.ALL)).hasSize(5);
    assertThat(some.isAll() || some.isNone()).isFalse();
    assertThat(RepositoryFilter.ALL.isAll() && RepositoryFilter.NONE.isNone()).isTrue();
  }

  private static List<String> matching(RepositoryFilter filter) {
    return List.of("a/x1", "a/y", "a/y/z", "b", "c").stream()
        .filter(name -> filter.matches(new RepositoryName(name)))
        .toList();
  }

  private static RepositoryFilter filter(String... patterns) {
    return RepositoryFilter.of(List.of(patterns).stream().map(RepositoryPattern::parse).toList());
  }

  @Test
  void matchesNamesOfUsers() {
    assertThat(NamePattern.parse("*").matches("a/b")).isTrue();
    assertThat(NamePattern.parse("dev-*").matches("dev-anna")).isTrue();
    assertThat(NamePattern.parse("dev-*").matches("Dev-anna")).isFalse();
    assertThat(NamePattern.parse("developer").matches("developer")).isTrue();
    assertThat(NamePattern.parse("developer").matches("developers")).isFalse();
    assertThat(NamePattern.parse("*@müller.example").matches("a@müller.example")).isTrue();
    assertThat(NamePattern.parse("dev-*")).isEqualTo(NamePattern.parse("dev-*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "**", "a b", "a\n", "\0", "\u200b", "\ud800", "a*b*c*d*e*f*g*h*i*"})
  void refusesOtherNamePatterns(String text) {
    assertRefused(ErrorCode.NAME_INVALID, () -> NamePattern.parse(text))
        .startsWith("tried to read the name pattern \"");
    assertThat(NamePattern.find("a".repeat(257))).isEmpty();
  }
}
