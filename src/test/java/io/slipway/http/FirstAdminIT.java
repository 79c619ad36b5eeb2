package io.slipway.http;

import static io.slipway.testing.BasicAuthorization.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that asks who people are, and was told of nobody. */
class FirstAdminIT {
  private static final Pattern SHOWN =
      Pattern.compile("the user admin was made, with the password (\\S+) \\(shown only now\\)");
  private static final Map<String, String> SETTINGS = Map.of("auth.mode", "basic");

  @TempDir private Path data;
  @TempDir private Path other;

  private static int signIn(ChildRegistry registry, String password) {
    String authorization = basic("admin", password);
    return registry
        .client()
        .send("GET", "/v2/", new byte[0], "Authorization", authorization)
        .statusCode();
  }

  private static String shown(ChildRegistry registry) {
    Matcher found = SHOWN.matcher(registry.output());
    assertThat(found.find()).as(registry.output()).isTrue();
    return found.group(1);
  }

  @Test
  void showsItsPasswordOnceAndAnotherOneEachTime() {
    Set<String> passwords = new HashSet<>();
    for (Path folder : new Path[] {data, other}) {
      try (ChildRegistry registry = ChildRegistry.start(folder, SETTINGS)) {
        String password = shown(registry);
        assertThat(password).hasSizeGreaterThanOrEqualTo(16);
        assertThat(signIn(registry, password)).isEqualTo(200);
        assertThat(signIn(registry, password + "x")).isEqualTo(401);
        passwords.add(password);
        assertThat(registry.stop()).isZero();
      }
      try (ChildRegistry registry = ChildRegistry.start(folder, SETTINGS)) {
        assertThat(registry.output()).doesNotContain("shown only now");
        registry.stop();
        assertThat(passwords).noneMatch(registry.output()::contains);
      }
    }
    assertThat(passwords).hasSize(2);
  }
}
