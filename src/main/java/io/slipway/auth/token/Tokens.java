package io.slipway.auth.token;

import io.slipway.auth.AccessControl;
import io.slipway.auth.CredentialVersions;
import io.slipway.auth.TokenVerifier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Optional;

/** Puts together what gives out and believes tokens; lives as long as its server. */
public final class Tokens {
  private final KeyRing keys;
  private final Optional<ExternalTokens> external;
  private final BearerTokens verifier;
  private final TokenServer server;

  /**
   * Takes what it works with.
   *
   * @param seal opens the private keys in the store
   */
  public Tokens(
      Vertx vertx,
      TokenConfig config,
      TokenKeyStore store,
      KeySeal seal,
      AccessControl control,
      CredentialVersions versions,
      Clock clock) {
    keys = new KeyRing(vertx, store, seal, config, clock);
    external =
        config.external().isPresent()
            ? Optional.of(new ExternalTokens(vertx, config.external(), clock))
            : Optional.empty();
    OwnTokens own = new OwnTokens(keys, config, clock);
    verifier = new BearerTokens(own, external, control, versions, clock);
    server = new TokenServer(own, keys, control, versions, config, clock);
  }

  /** Reads or makes the keys. */
  public Future<Void> start() {
    return keys.start()
        .compose(ignored -> external.map(ExternalTokens::start).orElseGet(Future::succeededFuture));
  }

  /** Reads keys no more. */
  public Future<Void> stop() {
    return Future.join(
            keys.stop(), external.map(ExternalTokens::stop).orElseGet(Future::succeededFuture))
        .mapEmpty();
  }

  /** Returns what tells who holds a token. */
  public TokenVerifier verifier() {
    return verifier;
  }

  /** Returns what gives tokens out. */
  public TokenServer server() {
    return server;
  }
}
