package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.runtime.ConfigSources.Flag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  enum Colour {
    RED,
    DARK_BLUE
  }

  record Inner(
      @Doc("A time.") @Default("1h30m") Duration idleTime,
      @Doc("A size.") @Default("1GiB") DataSize size,
      @Doc("A list.") @Default("a,b") List<String> items) {
    Inner {
      new Checks().range("idle_time", idleTime, Duration.ZERO, Duration.ofHours(2)).done();
    }
  }

  record Outer(
      @Doc("An inner one.") Inner inner,
      @Doc("Text.") @Default("x") String name,
      @Doc("A number.") @Default("7") @AlsoFrom("SIZE") int count,
      @Doc("A long one.") @Default("8") long total,
      @Doc("A switch.") @Default("true") boolean on,
      @Doc("A colour.") @Default("dark_blue") Colour colour,
      @Doc("A file.") @Default("./data") Path file,
      @Doc("A link.") @Nullable URI link,
      @Doc("A password.") @Nullable Secret password) {
    Outer {
      new Checks()
          .range("count", count, 0, 10)
          .that(password == null || password.reveal().length() > 3, "password", "a longer one")
          .done();
    }
  }

  record Twins(@Doc("One.") @Default("1") int aB, @Doc("Two.") Deep a) {
    record Deep(@Doc("Three.") @Default("1") int b) {}
  }

  record Undescribed(@Default("1") int a) {}

  record Missing(@Doc("A number.") int a) {}

  record Untypable(@Doc("Numbers.") @Default("") Set<String> a) {}

  private final ConfigLoader<Outer> loader =
      new ConfigLoader<>(Outer.class, "APP_", Set.of("APP_FOREIGN"));

  @TempDir Path folder;

  @Test
  void givesTheDefaults() {
    assertThat(load("", Map.of()))
        .isEqualTo(
            new Outer(
                new Inner(Duration.ofMinutes(90), new DataSize(1L << 30), List.of("a", "b")),
                "x",
                7,
                8,
                true,
                Colour.DARK_BLUE,
                Path.of("./data"),
                null,
                null));
  }

  @Test
  void readsEveryTypeFromTheFile() {
    Outer outer =
        load(
            """
            name: "01"
            count: 3
            total: 5000000000
            on: false
            colour: red
            file: /srv
            link: https://example.org/x
            password: swordfish
            inner:
              idle_time: 500ms
              size: 16MB
              items: [c, 4]
            """,
            Map.of());
    assertThat(outer)
        .isEqualTo(
            new Outer(
                new Inner(Duration.ofMillis(500), new DataSize(16_000_000), List.of("c", "4")),
                "01",
                3,
                5_000_000_000L,
                false,
                Colour.RED,
                Path.of("/srv"),
                URI.create("https://example.org/x"),
                Secret.of("swordfish")));
  }

  @Test
  void letsFlagsBeatTheEnvironmentAndTheEnvironmentTheFile() {
    Map<String, String> environment =
        Map.of("APP_NAME", "env", "APP_COUNT", "2", "APP_INNER_ITEMS", "c, d");
    Path file = file("name: file\ncount: 1\ntotal: 1\ninner:\n  items: [z]\n");
    Outer outer =
        loader
            .load(new ConfigSources(file, environment, Map.of("--count", new Flag("count", "3"))))
            .config();
    assertThat(outer.count()).isEqualTo(3);
    assertThat(outer.name()).isEqualTo("env");
    assertThat(outer.total()).isEqualTo(1);
    assertThat(outer.inner().items()).containsExactly("c", "d");
  }

  @Test
  void readsTheSecondVariableOnlyWithoutTheFirst() {
    assertThat(load("count: 1", Map.of("SIZE", "4")).count()).isEqualTo(4);
    assertThat(load("", Map.of("SIZE", "4", "APP_COUNT", "5")).count()).isEqualTo(5);
  }

  @Test
  void takesBlankValuesAsNotSet() {
    assertThat(load("name:\ninner:\n", Map.of("APP_COUNT", "")).count()).isEqualTo(7);
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    assertThat(
            problems(
                """
                cuont: 1
                on: yes
                inner:
                  idle_time: 3h
                  items:
                    a: b
                other:
                  x: {y: 1}
                name: [a]
                """,
                Map.of("APP_TOTAL", "many")))
        .containsExactlyInAnyOrder(
            "cuont: unknown key, did you mean count? (FILE, line 1)",
            "on: \"yes\" but expected true or false (FILE, line 2)",
            "inner.idle_time: \"3h\" but expected a time from 0s to 2h (FILE, line 4)",
            "inner.items: expected a list of texts, not keys (FILE, line 6)",
            "other: unknown key, did you mean inner? (FILE, line 8)",
            "name: \"[a]\" but expected text (FILE, line 9)",
            "total: \"many\" but expected a whole number"
                + " (from the environment variable APP_TOTAL)");
  }

  @Test
  void tellsWhereAFlagWasWrong() {
    ConfigSources sources =
        new ConfigSources(null, Map.of(), Map.of("--count", new Flag("count", "11")));
    assertThatThrownBy(() -> loader.load(sources))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "The configuration has an error:\n"
                + "  count: \"11\" but expected a number from 0 to 10 (from the flag --count)");
  }

  @Test
  void neverShowsASecret() {
    assertThat(problems("password: abc", Map.of()))
        .containsExactly("password: (redacted) but expected a longer one (FILE, line 1)");
    assertThat(load("password: swordfish", Map.of()).toString()).doesNotContain("swordfish");
  }

  @Test
  void refusesWhatYamlAllowsButNobodyMeans() {
    assertThat(problems("count: 1\ncount: 2\n", Map.of()))
        .containsExactly("count: the key is there twice (FILE, line 2)");
    assertThat(problems("name: &a x\ncount: *a\n", Map.of()))
        .containsExactly("count: YAML aliases are not read, write the value out (FILE, line 2)");
    assertThat(problems("name: x\n---\nname: y\n", Map.of()))
        .containsExactly("FILE, line 3: expected one document, found a second");
    assertThat(problems("- a\n", Map.of()))
        .containsExactly("FILE, line 1: expected keys and values");
    assertThat(problems("inner: 5\n", Map.of()))
        .containsExactly("inner: expected keys below it (FILE, line 1)");
    assertThat(problems("inner:\n  items: [[a]]\n", Map.of()))
        .containsExactly("inner.items: expected a list of texts (FILE, line 2)");
    assertThat(problems("inner.size: 1B\n", Map.of()))
        .containsExactly(
            "inner.size: write one level per dot, each indented below the other (FILE, line 1)");
    assertThat(problems("name: \"x\n", Map.of()).getFirst()).startsWith("FILE, line ");
  }

  @Test
  void tellsThatTheFileIsMissing() {
    ConfigSources sources = new ConfigSources(folder.resolve("none"), Map.of(), Map.of());
    assertThatThrownBy(() -> loader.load(sources)).hasMessageEndingWith("there is no such file");
  }

  @Test
  void warnsOfVariablesThatSetNothing() {
    ConfigSources sources =
        new ConfigSources(
            null, Map.of("APP_COUNTS", "1", "APP_FOREIGN", "1", "OTHER", "1"), Map.of());
    assertThat(loader.load(sources).warnings())
        .containsExactly(
            "the environment variable APP_COUNTS sets nothing, did you mean APP_COUNT?");
  }

  @Test
  void refusesRecordsThatCannotWork() {
    assertThatThrownBy(() -> new ConfigLoader<>(Twins.class, "APP_", Set.of()))
        .hasMessageContaining("share the variable APP_A_B");
    assertThatThrownBy(() -> new ConfigLoader<>(Undescribed.class, "APP_", Set.of()))
        .hasMessageContaining("needs @Doc");
    assertThatThrownBy(() -> new ConfigLoader<>(Missing.class, "APP_", Set.of()))
        .hasMessageContaining("needs @Doc, and @Default");
    assertThatThrownBy(() -> new ConfigLoader<>(Untypable.class, "APP_", Set.of()))
        .hasMessageContaining("no configuration key can have the type");
  }

  private Outer load(String yaml, Map<String, String> environment) {
    return loader.load(new ConfigSources(file(yaml), environment, Map.of())).config();
  }

  private List<String> problems(String yaml, Map<String, String> environment) {
    Path file = file(yaml);
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class,
            () -> loader.load(new ConfigSources(file, environment, Map.of())));
    return problem.problems().stream().map(text -> text.replace(file.toString(), "FILE")).toList();
  }

  private Path file(String yaml) {
    try {
      return Files.writeString(folder.resolve("config.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
