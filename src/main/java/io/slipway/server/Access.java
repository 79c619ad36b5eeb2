package io.slipway.server;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.AccessControl;
import io.slipway.auth.AccessStore;
import io.slipway.auth.AuthConfig;
import io.slipway.auth.Authenticator;
import io.slipway.auth.CredentialVersions;
import io.slipway.auth.FirstAdmin;
import io.slipway.auth.Htpasswd;
import io.slipway.auth.Passwords;
import io.slipway.auth.TokenVerifier;
import io.slipway.auth.sql.SqlAccess;
import io.slipway.auth.sql.SqlTokenKeys;
import io.slipway.auth.token.KeySeal;
import io.slipway.auth.token.TokenServer;
import io.slipway.auth.token.Tokens;
import io.slipway.database.Database;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;

/** What tells who sends a request, for a registry that asks; lives as long as its server. */
final class Access {
  private final AccessControl control;
  private final AccessStore store;
  private final Passwords passwords;
  private final Optional<Htpasswd> htpasswd;
  private final Optional<Tokens> tokens;
  private final Authenticator authenticator;

  private Access(
      AccessControl control,
      AccessStore store,
      Passwords passwords,
      Optional<Htpasswd> htpasswd,
      Optional<Tokens> tokens,
      Secret ownerKey) {
    this.control = control;
    this.store = store;
    this.passwords = passwords;
    this.htpasswd = htpasswd;
    this.tokens = tokens;
    this.authenticator =
        new Authenticator(
            control,
            passwords,
            htpasswd,
            tokens.map(Tokens::verifier).orElse(TokenVerifier.NONE),
            Optional.of(ownerKey),
            Clock.systemUTC());
  }

  /** Reads who may do what; empty when nobody is asked who they are. */
  static Future<Optional<Access>> open(Vertx vertx, AuthConfig config, RegistryStores stores) {
    if (!config.isOn()) {
      return Future.succeededFuture(Optional.empty());
    }
    AccessStore store = new SqlAccess(stores.metadata().database());
    Path file = config.htpasswd().path();
    Optional<Htpasswd> users = Optional.ofNullable(file).map(path -> new Htpasswd(vertx, path));
    AccessControl control = new AccessControl(vertx, store, config.policies());
    return vertx
        .executeBlocking(
            () ->
                new Access(
                    control,
                    store,
                    new Passwords(vertx, config.bcryptCost()),
                    users,
                    tokens(vertx, config, stores, control, users),
                    stores.bytes().folder().newOwnerKey()),
            false)
        .map(Objects::requireNonNull)
        .compose(access -> access.start(config).map(Optional.of(access)));
  }

  /** Blocks. */
  private static Optional<Tokens> tokens(
      Vertx vertx,
      AuthConfig config,
      RegistryStores stores,
      AccessControl control,
      Optional<Htpasswd> users)
      throws IOException {
    if (config.mode() != AuthConfig.Mode.TOKEN) {
      return Optional.empty();
    }
    Clock clock = Clock.systemUTC();
    Secret secret = config.secret();
    return Optional.of(
        new Tokens(
            vertx,
            config.token(),
            new SqlTokenKeys(stores.metadata().database()),
            new KeySeal(secret == null ? stores.bytes().folder().tokenSecret() : secret),
            control,
            new CredentialVersions(users, clock),
            clock));
  }

  private Future<Void> start(AuthConfig config) {
    return htpasswd
        .map(Htpasswd::start)
        .orElseGet(Future::succeededFuture)
        .compose(ignored -> control.start())
        .compose(ignored -> tokens.map(Tokens::start).orElseGet(Future::succeededFuture))
        .compose(
            ignored ->
                htpasswd.isPresent() && config.admin().password() == null
                    ? Future.succeededFuture(Optional.<Secret>empty())
                    : new FirstAdmin(control, store, passwords)
                        .makeIfNone(config.admin().password()))
        .onSuccess(made -> made.ifPresent(Access::tell))
        .mapEmpty();
  }

  /** Not in the log, which others may read, and keep. */
  private static void tell(Secret password) {
    System.err.println(
        "There was no account yet, so the user "
            + FirstAdmin.NAME
            + " was made, with the password "
            + password.reveal()
            + " (shown only now).");
  }

  Authenticator authenticator() {
    return authenticator;
  }

  /** Returns what gives out tokens, where clients are to fetch one. */
  Optional<TokenServer> tokenServer() {
    return tokens.map(Tokens::server);
  }

  /**
   * Returns what changes the rules; they can be prepared while nobody is asked who they are.
   *
   * @param access empty when nobody is
   */
  static AccessAdministration administration(
      Vertx vertx, AuthConfig config, Database database, Optional<Access> access) {
    return new AccessAdministration(
        access.map(asks -> asks.store).orElseGet(() -> new SqlAccess(database)),
        config.policies(),
        () -> access.map(asks -> asks.control.reload()).orElseGet(Future::succeededFuture),
        access
            .map(asks -> asks.passwords)
            .orElseGet(() -> new Passwords(vertx, config.bcryptCost())),
        guess ->
            access
                .map(asks -> asks.authenticator.identify(guess.credentials(), guess.address()))
                .orElseGet(() -> Future.failedFuture("nobody is asked who they are"))
                .mapEmpty(),
        Clock.systemUTC());
  }

  Future<Void> stop() {
    return Future.join(
            control.stop(),
            htpasswd.map(Htpasswd::stop).orElseGet(Future::succeededFuture),
            tokens.map(Tokens::stop).orElseGet(Future::succeededFuture))
        .mapEmpty();
  }
}
