package io.slipway.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says what a run was told, by system properties and, for a name and a password, by the
 * environment.
 *
 * @param url the registry, without a slash at its end
 * @param users how many clients work at once, at least 1
 * @param length how long new work is begun
 * @param seed what all bytes and tags of the run come from
 * @param layerSize bytes of an image's largest layer
 * @param basic the value of a header with name and password; null for a client without
 * @param moved the file in which a run says how many bytes it moved
 */
record Settings(
    String url,
    int users,
    Duration length,
    long seed,
    int layerSize,
    @Nullable String basic,
    Path moved) {
  static Settings read() {
    return new Settings(
        property("slipway.url").replaceFirst("/+$", ""),
        Integer.parseInt(property("slipway.users")),
        Duration.ofSeconds(Long.parseLong(property("slipway.seconds"))),
        Long.parseLong(property("slipway.seed")),
        Math.multiplyExact(Integer.parseInt(property("slipway.layerKib")), 1024),
        basic(System.getenv("BENCHMARK_USERNAME"), System.getenv("BENCHMARK_PASSWORD")),
        Path.of(property("slipway.moved")));
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  private static @Nullable String basic(@Nullable String name, @Nullable String password) {
    if (name == null || password == null) {
      return null;
    }
    return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
  }
}
