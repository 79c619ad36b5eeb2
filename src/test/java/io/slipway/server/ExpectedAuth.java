package io.slipway.server;

import static java.util.Map.entry;

import io.slipway.auth.AuthConfig;
import io.slipway.auth.token.TokenConfig;
import io.slipway.runtime.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link RegistryConfigTest} expects of the section {@code auth}. */
final class ExpectedAuth {
  static final AuthConfig STANDARD =
      new AuthConfig(
          null,
          new AuthConfig.Admin(null),
          new AuthConfig.HtpasswdFile(null),
          List.of(),
          10,
          null,
          new TokenConfig(
              "slipway",
              "slipway",
              Duration.ofMinutes(5),
              Duration.ofDays(30),
              Duration.ofDays(30),
              new TokenConfig.External(null, null, null, null, null, null)));

  static final AuthConfig CHANGED =
      new AuthConfig(
          AuthConfig.Mode.TOKEN,
          new AuthConfig.Admin(Secret.of("shown once")),
          new AuthConfig.HtpasswdFile(Path.of("/auth/htpasswd")),
          List.of("pull", "push"),
          12,
          Secret.of("sixteen characters"),
          new TokenConfig(
              "registry.lan",
              "tokens.lan",
              Duration.ofMinutes(2),
              Duration.ofDays(7),
              Duration.ofDays(1),
              new TokenConfig.External(
                  "other.lan",
                  "https://other.lan/jwks",
                  Path.of("/auth/ca.pem"),
                  Path.of("/auth/bundle.pem"),
                  URI.create("https://other.lan/token"),
                  "there")));

  private static final Map<String, String> CHANGES =
      Map.ofEntries(
          entry("auth.mode", "token"),
          entry("auth.admin.password", "shown once"),
          entry("auth.htpasswd.path", "/auth/htpasswd"),
          entry("auth.signed_in", "pull,push"),
          entry("auth.bcrypt_cost", "12"),
          entry("auth.secret", "sixteen characters"),
          entry("auth.token.service", "registry.lan"),
          entry("auth.token.issuer", "tokens.lan"),
          entry("auth.token.ttl", "2m"),
          entry("auth.token.refresh_ttl", "7d"),
          entry("auth.token.key_rotation", "1d"),
          entry("auth.token.external.issuer", "other.lan"),
          entry("auth.token.external.jwks", "https://other.lan/jwks"),
          entry("auth.token.external.jwks_ca", "/auth/ca.pem"),
          entry("auth.token.external.certificate", "/auth/bundle.pem"),
          entry("auth.token.external.realm", "https://other.lan/token"),
          entry("auth.token.external.service", "there"));

  private ExpectedAuth() {}

  /** Adds a value for every key of the section that is not its default. */
  static Map<String, String> with(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(others);
    all.putAll(CHANGES);
    return all;
  }
}
