package io.slipway.server;

import io.slipway.auth.AuthConfig;
import io.slipway.runtime.Secret;
import java.nio.file.Path;
import java.util.List;

/** What {@link RegistryConfigTest} expects of the section {@code auth}. */
final class ExpectedAuth {
  static final AuthConfig STANDARD =
      new AuthConfig(
          null, new AuthConfig.Admin(null), new AuthConfig.HtpasswdFile(null), List.of(), 10);

  static final AuthConfig CHANGED =
      new AuthConfig(
          AuthConfig.Mode.BASIC,
          new AuthConfig.Admin(Secret.of("shown once")),
          new AuthConfig.HtpasswdFile(Path.of("/auth/htpasswd")),
          List.of("pull", "push"),
          12);

  private ExpectedAuth() {}
}
