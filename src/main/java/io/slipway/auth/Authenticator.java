package io.slipway.auth;

import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;

/**
 * Finds out who sends a request. Thread-safe; blocks nothing.
 *
 * <p>Every failure is {@code UNAUTHORIZED} with the same sentence, whether the name is unknown, the
 * password wrong or the account expired, and takes the time of a comparison; or {@code
 * TOOMANYREQUESTS}.
 */
public final class Authenticator {
  /** Longer names are nobody's, and are not remembered. */
  private static final int MAX_NAME = 255;

  private static final int MAX_PASSWORD = 4096;

  private final AccessControl control;
  private final Optional<Htpasswd> htpasswd;
  private final CredentialVersions versions;
  private final TokenVerifier tokens;
  private final Optional<Secret> ownerKey;
  private final Clock clock;
  private final Comparisons comparisons;

  /**
   * Takes what it asks.
   *
   * @param ownerKey the bearer token of whoever can read the data folder
   */
  public Authenticator(
      AccessControl control,
      Passwords passwords,
      Optional<Htpasswd> htpasswd,
      TokenVerifier tokens,
      Optional<Secret> ownerKey,
      Clock clock) {
    this.control = control;
    this.comparisons = new Comparisons(passwords, new LoginThrottle(System::nanoTime));
    this.htpasswd = htpasswd;
    this.versions = new CredentialVersions(htpasswd, clock);
    this.tokens = tokens;
    this.ownerKey = ownerKey;
    this.clock = clock;
  }

  /**
   * Finds the caller of a request; complete at once when nothing has to be computed.
   *
   * @param address the numeric address it came from
   */
  public Future<Caller> identify(Credentials credentials, String address) {
    AccessRules rules = control.rules();
    return switch (credentials) {
      case Credentials.None none ->
          Future.succeededFuture(
              new Caller(
                  Caller.Kind.ANONYMOUS,
                  Actor.ANONYMOUS,
                  Optional.empty(),
                  rules.anonymous(),
                  false,
                  Optional.empty(),
                  address));
      case Credentials.Basic basic -> signIn(rules, basic, address);
      case Credentials.Bearer bearer -> {
        boolean owner = ownerKey.isPresent() && ownerKey.get().equals(bearer.token());
        yield owner
            ? Future.succeededFuture(Caller.owner(address))
            : tokens.verify(bearer.token(), rules, address);
      }
    };
  }

  /**
   * Finds the caller of this name, for whom somebody else vouches: a certificate, for example. Who
   * has no account is refused, so that deleting the account ends what the certificate opens.
   */
  public Future<Caller> vouchedFor(String name, String address) {
    AccessRules rules = control.rules();
    return rules.account(name).filter(account -> account.isValidAt(clock.instant())).isPresent()
        ? Future.succeededFuture(signedIn(rules, name, Optional.empty(), address))
        : Future.failedFuture(
            new RegistryException(
                ErrorCode.UNAUTHORIZED,
                "tried to sign in by a certificate but it names no account"));
  }

  private static Caller signedIn(
      AccessRules rules, String name, Optional<String> credentials, String address) {
    return new Caller(
        Caller.Kind.SIGNED_IN,
        name,
        Optional.of(rules.role(name)),
        rules.of(name),
        false,
        credentials,
        address);
  }

  private Future<Caller> signIn(AccessRules rules, Credentials.Basic basic, String address) {
    String name = basic.name();
    Secret password = basic.password();
    if (name.length() > MAX_NAME || password.reveal().length() > MAX_PASSWORD) {
      return Future.failedFuture(refused());
    }
    Optional<String> keyId = AccessKeys.id(password);
    if (keyId.isPresent()) {
      return withKey(rules, basic, keyId.get(), address);
    }
    // Before the hash, which a file may change: the version is never that of a later password.
    Optional<String> version = versions.of(basic, rules);
    Optional<Secret> hash = hash(rules, name);
    return hash.isPresent() && comparisons.wasRight(name, password, hash.get())
        ? Future.succeededFuture(signedIn(rules, name, version, address))
        : compare(basic, hash, address);
  }

  /** Returns what a password must match; empty for a name that has none, or none any more. */
  private Optional<Secret> hash(AccessRules rules, String name) {
    Optional<Account> account = rules.account(name);
    return account.isPresent() && !account.get().isValidAt(clock.instant())
        ? Optional.empty()
        : account.flatMap(Account::password).or(() -> fileHash(account, name));
  }

  /** Robots sign in with keys only, whatever line the file has. */
  private Optional<Secret> fileHash(Optional<Account> account, String name) {
    return account.filter(known -> known.kind() == Account.Kind.ROBOT).isPresent()
        ? Optional.empty()
        : htpasswd.flatMap(file -> file.hash(name));
  }

  private Future<Caller> withKey(
      AccessRules rules, Credentials.Basic basic, String id, String address) {
    String name = basic.name();
    // What is random cannot be guessed: nobody is slowed down.
    boolean right =
        rules
            .key(id)
            .filter(key -> key.account().equals(name))
            .filter(key -> key.isValidAt(clock.instant()))
            .filter(key -> AccessKeys.matches(key, basic.password()))
            .flatMap(key -> rules.account(name))
            .filter(account -> account.isValidAt(clock.instant()))
            .isPresent();
    return right
        ? Future.succeededFuture(signedIn(rules, name, versions.of(basic, rules), address))
        : Future.failedFuture(refused());
  }

  private Future<Caller> compare(Credentials.Basic basic, Optional<Secret> hash, String address) {
    return comparisons
        .compare(basic.name(), basic.password(), hash, address)
        .map(
            right -> {
              if (!right) {
                throw refused();
              }
              // Of now: the rules may have changed while the password was compared.
              return stillKnown(basic, hash.orElseThrow(), address);
            });
  }

  private Caller stillKnown(Credentials.Basic basic, Secret hash, String address) {
    AccessRules rules = control.rules();
    Optional<String> version = versions.of(basic, rules);
    if (!hash(rules, basic.name()).equals(Optional.of(hash))) {
      throw refused();
    }
    return signedIn(rules, basic.name(), version, address);
  }

  private static RegistryException refused() {
    return new RegistryException(
        ErrorCode.UNAUTHORIZED, "tried to sign in but no account has this name and password");
  }
}
