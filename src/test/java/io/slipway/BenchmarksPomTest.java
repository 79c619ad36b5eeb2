package io.slipway;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the builds of the benchmarks to the rules and versions of the registry's. */
class BenchmarksPomTest {
  private static final Pattern PROPERTY = Pattern.compile("<([a-z.-]+)>([^<]+)</\\1>");
  private static final Pattern PLUGIN =
      Pattern.compile("<artifactId>([a-z-]+-plugin)</artifactId>\\s+<version>([^<]+)</version>");
  private static final Pattern ARGUMENT = Pattern.compile("<arg>([^<]+)</arg>");
  private static final Pattern CHECK = Pattern.compile("-Xep(?:Opt)?:\\S+");

  /** What only one of them has. */
  private static final Set<String> OWN = Set.of("gatling.version", "jmh.version", "registry.jar");

  private final String registry = Files.readString(Path.of("pom.xml"));

  BenchmarksPomTest() throws IOException {}

  @ParameterizedTest
  @ValueSource(strings = {"benchmarks/pom.xml", "benchmarks/micro/pom.xml"})
  void versionsAreTheSame(Path pom) throws IOException {
    Map<String, String> theirs = pairs(PROPERTY, properties(registry));
    Map<String, String> own = pairs(PROPERTY, properties(Files.readString(pom)));
    own.keySet().removeAll(OWN);
    assertThat(own).hasSizeGreaterThan(3);
    assertThat(theirs).containsAllEntriesOf(own);
  }

  @ParameterizedTest
  @ValueSource(strings = {"benchmarks/pom.xml", "benchmarks/micro/pom.xml"})
  void pluginsAreTheSame(Path pom) throws IOException {
    Map<String, String> own = pairs(PLUGIN, Files.readString(pom));
    assertThat(own).hasSizeGreaterThan(3);
    assertThat(pairs(PLUGIN, registry)).containsAllEntriesOf(own);
  }

  @ParameterizedTest
  @ValueSource(strings = {"benchmarks/pom.xml", "benchmarks/micro/pom.xml"})
  void theCompilerIsAsStrict(Path pom) throws IOException {
    String benchmarks = Files.readString(pom);
    assertThat(arguments(benchmarks)).hasSizeGreaterThan(5).isEqualTo(arguments(registry));
    assertThat(CHECK.matcher(benchmarks).results().map(MatchResult::group).toList())
        .hasSizeGreaterThan(3)
        .isSubsetOf(CHECK.matcher(registry).results().map(MatchResult::group).toList())
        .contains("-Xep:NullAway:ERROR");
  }

  private static String properties(String pom) {
    return pom.substring(pom.indexOf("<properties>") + 1, pom.indexOf("</properties>"));
  }

  private static Map<String, String> pairs(Pattern pattern, String text) {
    return pattern.matcher(text).results().collect(toMap(m -> m.group(1), m -> m.group(2)));
  }

  /** All but the checks of Error Prone: some are about what only tests have. */
  private static List<String> arguments(String pom) {
    return ARGUMENT
        .matcher(pom)
        .results()
        .map(match -> match.group(1))
        .filter(argument -> !argument.startsWith("-Xplugin"))
        .toList();
  }
}
