package io.slipway.http.v2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.http.RequestQuery;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Paths, queries and entity tags that nobody meant to send. */
class HostileAddressTest {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  // RFC 3986, section 2.1
  private static final Pattern ESCAPED =
      Pattern.compile("(?:[^%]|%[0-9a-fA-F]{2})*", Pattern.DOTALL);

  @Property(tries = 5_000)
  void pathsAreRefusedOrHaveNoOtherReading(@ForAll("texts") String text) {
    Optional<V2Path> parsed = known(() -> V2Path.parse("/v2/" + text));
    parsed.ifPresent(
        path -> {
          assertThat(path.item()).doesNotContain("/");
          assertThat(text).matches(ESCAPED);
          // What becomes part of a file's name or a key must be one of the specification's names.
          RepositoryName.find(path.name())
              .ifPresent(name -> assertThat(name.text()).matches(NAME).doesNotContain(".."));
        });
  }

  @Property(tries = 5_000)
  void queriesAreRefusedOrRead(@ForAll("texts") String text) {
    Optional<RequestQuery> parsed = known(() -> RequestQuery.parse(text));
    if (parsed.isPresent()) {
      assertThat(text).matches(ESCAPED);
      RequestQuery query = parsed.get();
      assertThat(query.all("n").isEmpty()).isEqualTo(!query.has("n"));
      known(() -> PageQuery.of(query))
          .ifPresent(
              page -> page.limit().ifPresent(n -> assertThat(n).isBetween(0, PageQuery.MAX_LIMIT)));
    }
  }

  @Property
  void theNextPageBeginsBehindTheLastName(@ForAll String last) {
    String name = new String(last.getBytes(UTF_8), UTF_8);
    String next = new PageQuery(OptionalInt.of(7), "").next(7, name);
    assertThat(URI.create("/x?" + next).getRawQuery()).isEqualTo(next);
    if (name.chars().noneMatch(c -> c < ' ')) {
      assertThat(PageQuery.of(RequestQuery.parse(next)).after()).isEqualTo(name);
    }
  }

  @Property
  void entityTagsAreReadWithoutFailing(@ForAll("tags") String match, @ForAll("tags") String none) {
    boolean listed =
        List.of(none.split(",", -1)).stream().map(String::strip).anyMatch("\"a\""::equals);
    assertThat(EntityTags.isCurrent(none, "\"a\"")).isEqualTo(listed || hasStarOrWeak(none));
    known(() -> EntityTags.condition(match, null));
    known(() -> EntityTags.condition(null, none));
    known(() -> EntityTags.condition(match, none));
  }

  private static boolean hasStarOrWeak(String list) {
    return List.of(list.split(",", -1)).stream()
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals("W/\"a\""));
  }

  /** Returns what was read; empty when it was refused as a client's mistake. */
  private static <T> Optional<T> known(Supplier<T> reader) {
    try {
      return Optional.of(reader.get());
    } catch (RegistryException e) {
      assertThat(e.code().status()).isBetween(400, 499);
      assertThat(e.code())
          .isIn(ErrorCode.BAD_REQUEST, ErrorCode.URI_TOO_LONG, ErrorCode.PAGINATION_NUMBER_INVALID);
      return Optional.empty();
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> parts =
        Arbitraries.of(
                "a",
                "/",
                "/",
                "%",
                "%2",
                "%2f",
                "%2E",
                "..",
                ".",
                "%00",
                "%0a",
                "%c0%ae",
                "%ff",
                "&",
                "=",
                "?",
                "n=",
                "last=",
                "-1",
                "99999999999999",
                "10001",
                "manifests",
                "blobs",
                "uploads",
                "tags",
                "list",
                "sha256:",
                "\0",
                "\u00ff",
                "%\uff12\uff11",
                "%+1",
                "% 1",
                "+",
                " ",
                "_catalog")
            .list()
            .ofMaxSize(10)
            .map(list -> String.join("", list));
    return Arbitraries.oneOf(parts, Arbitraries.strings().ofMaxLength(40));
  }

  @Provide
  Arbitrary<String> tags() {
    return Arbitraries.of(
            "\"a\"", "W/\"a\"", "*", ",", " ", "\"", "a", "sha256:x", "\"sha256:", "\0", "")
        .list()
        .ofMaxSize(6)
        .map(list -> String.join("", list));
  }
}
