package io.slipway.server;

import io.slipway.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A registry that a command talks to.
 *
 * @param certificate to be trusted, and no other; null for those the JVM trusts
 * @param authorization the header that says who asks; empty for nobody
 */
public record NamedServer(URI address, @Nullable Path certificate, Optional<Secret> authorization) {

  /** Names a server where nobody signs in. */
  public static NamedServer anonymous(URI address, @Nullable Path certificate) {
    return new NamedServer(address, certificate, Optional.empty());
  }

  /** Names a server where a user or a robot signs in. */
  public static NamedServer signedIn(
      URI address, @Nullable Path certificate, String name, Secret password) {
    byte[] both = (name + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8);
    String text = "Basic " + Base64.getEncoder().encodeToString(both);
    return new NamedServer(address, certificate, Optional.of(Secret.of(text)));
  }

  /** Names the server that has the data folder of a configuration, whose owner asks. Blocks. */
  static NamedServer ofFolder(URI address, RegistryConfig config) throws IOException {
    return new NamedServer(
        address,
        config.http().tls().certificate(),
        ownerKey(config).map(key -> Secret.of("Bearer " + key.reveal())));
  }

  /** Whoever may not read it is nobody; the server may want to know no more. */
  private static Optional<Secret> ownerKey(RegistryConfig config) throws IOException {
    try {
      return DataFolder.ownerKey(config.storage().path());
    } catch (AccessDeniedException e) {
      return Optional.empty();
    }
  }
}
