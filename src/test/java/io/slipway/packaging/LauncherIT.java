package io.slipway.packaging;

import static io.slipway.packaging.SourceCopy.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.packaging.SourceCopy.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launches from a copy of the sources, as a newcomer would. */
class LauncherIT {
  private static final String BUILDING = "registry: building";
  private static final Map<String, String> NO_OPTIONS = Map.of();
  private static final String[] SERVE_ANYWHERE = {"serve", "--port", "0"};

  @TempDir static Path folder;
  @TempDir Path elsewhere;

  private static Path clone = Path.of(".");
  private static SourceCopy copy;
  private static List<Outcome> firstTwo;

  @BeforeAll
  static void launchesTwiceAtOnce() throws Exception {
    clone = folder.resolve("a folder with spaces");
    copy = SourceCopy.in(clone);
    Process one = copy.start(clone, NO_OPTIONS, "--version");
    Process other = copy.start(clone, NO_OPTIONS, "--version");
    firstTwo = List.of(outcome(one), outcome(other));
  }

  @Test
  void buildsOnceForTwoLaunchesAtOnce() {
    assertThat(firstTwo).extracting(Outcome::code).containsOnly(0);
    assertThat(firstTwo).filteredOn(launch -> launch.output().contains(BUILDING)).hasSize(1);
    assertThat(clone.resolve(".building")).doesNotExist();
  }

  @Test
  void startsThroughALinkFromAnyFolder() throws Exception {
    Path link = Files.createSymbolicLink(elsewhere.resolve("slipway"), copy.launcher());
    Outcome launch = outcome(SourceCopy.start(link, elsewhere, NO_OPTIONS, "--version"));
    assertThat(launch.output()).startsWith("Slipway ").hasLineCount(1);
    assertThat(launch.code()).isZero();
  }

  @Test
  void passesArgumentsAndExitCodeOn() throws Exception {
    Outcome launch = launch(NO_OPTIONS, "--no such option");
    assertThat(launch.output()).contains("'--no such option'");
    assertThat(launch.code()).isEqualTo(2);
  }

  @Test
  void addsTheOptionsOfTheEnvironment() throws Exception {
    Outcome launch = launch(Map.of("SLIPWAY_JAVA_OPTS", "-XshowSettings:vm -Xmx77m"), "--version");
    assertThat(launch.output()).contains("Max. Heap Size: 77.00M");
  }

  @Test
  void hasAStartCacheThatFits() throws Exception {
    Outcome launch = launch(Map.of("SLIPWAY_JAVA_OPTS", "-XX:AOTMode=on"), "--version");
    assertThat(launch.output()).startsWith("Slipway ");
    assertThat(launch.code()).isZero();
  }

  @Test
  void servesTheFolderItWasCalledInAndEndsOnSigterm() throws Exception {
    Process server =
        copy.start(elsewhere, Map.of("SLIPWAY_JAVA_OPTS", "-XX:AOTMode=on"), SERVE_ANYWHERE);
    try (BufferedReader output = server.inputReader()) {
      URI base = base(output);
      assertThat(status(base.resolve("/v2/"))).isEqualTo(200);
      assertThat(elsewhere.resolve("data")).isDirectory();
      server.destroy();
      assertThat(server.waitFor()).isZero();
    } finally {
      server.destroyForcibly();
    }
  }

  /** Picocli is of Java 5, which the cache does not take; SQLite and epoll are in their jars. */
  @Test
  void findsEverythingPreparedThatTakesLongAtAStart() throws Exception {
    Path loaded = elsewhere.resolve("loaded");
    String log = "-Xlog:class+load:file=" + loaded;
    Process server = copy.start(elsewhere, Map.of("SLIPWAY_JAVA_OPTS", log), SERVE_ANYWHERE);
    try (BufferedReader output = server.inputReader()) {
      base(output);
      Path prepared = clone.toRealPath().resolve("target/lib/native");
      assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/maps")))
          .contains(prepared + "/libsqlitejdbc.so")
          .contains(prepared + "/libnetty_transport_native_epoll_");
      assertThat(Files.readString(loaded))
          .contains("picocli.CommandLine ")
          .doesNotContain("source: file:");
    } finally {
      server.destroy();
      assertThat(server.waitFor()).isZero();
    }
  }

  @Test
  void startsWithoutACacheThatDoesNotFit() throws Exception {
    byte[] cache = Files.readAllBytes(copy.cache());
    try {
      Files.writeString(copy.cache(), "no cache");
      assertThat(launch(Map.of("SLIPWAY_JAVA_OPTS", "-XX:AOTMode=on"), "--version").code())
          .isNotZero();
      assertThat(launch(NO_OPTIONS, "--version").code()).isZero();
    } finally {
      Files.write(copy.cache(), cache);
    }
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    Files.setLastModifiedTime(clone.resolve("pom.xml"), FileTime.from(Instant.now()));
    assertThat(launch(NO_OPTIONS, "--version").output()).contains(BUILDING);
    assertThat(launch(NO_OPTIONS, "--version").output()).startsWith("Slipway ");
  }

  @Test
  void saysHowToGetMaven() throws Exception {
    SourceCopy unbuilt = SourceCopy.in(elsewhere);
    Outcome launch = outcome(unbuilt.start(elsewhere, Map.of("PATH", tools()), "--version"));
    assertThat(launch.output()).contains("apt-get install maven").hasLineCount(1);
    assertThat(launch.code()).isEqualTo(1);
  }

  @Test
  void saysHowToGetAJdk() throws Exception {
    Outcome launch = launch(Map.of("java_release", "999"), "--version");
    assertThat(launch.output()).contains("JDK 999").contains("JAVA_HOME").hasLineCount(1);
    assertThat(launch.code()).isEqualTo(1);
  }

  private static Outcome launch(Map<String, String> environment, String... arguments)
      throws Exception {
    return outcome(copy.start(clone, environment, arguments));
  }

  private static URI base(BufferedReader output) {
    Matcher listens =
        output
            .lines()
            .map(Pattern.compile("listens on (http://\\S+\\d)")::matcher)
            .filter(Matcher::find)
            .findFirst()
            .orElseThrow();
    return URI.create(listens.group(1));
  }

  private static int status(URI address) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }

  /** A folder with what every Unix has, and no Maven. */
  private String tools() throws IOException {
    Path folder = Files.createDirectory(elsewhere.resolve("tools"));
    for (String tool :
        List.of(
            "sh",
            "dirname",
            "readlink",
            "sed",
            "find",
            "head",
            "cksum",
            "tr",
            "ln",
            "rm",
            "mv",
            "mkdir",
            "sleep",
            "cat")) {
      Path found =
          Stream.of("/bin", "/usr/bin")
              .map(bin -> Path.of(bin, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Files.createSymbolicLink(folder.resolve(tool), found);
    }
    return folder.toString();
  }
}
