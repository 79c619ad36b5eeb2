package io.slipway.auth;

import io.slipway.auth.AccessAdministration.Guess;
import io.slipway.event.Actor;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes, changes and deletes users, robots and their keys. Fails with {@code BAD_REQUEST} for what
 * cannot be, {@code NOT_FOUND} for what is not there, and {@code CONFLICT} for a name that is taken
 * or when nobody could administer the registry any more.
 */
public final class AccountAdministration {
  /** How long a key holds when nobody says so. */
  public static final Duration KEY_LIFETIME = Duration.ofDays(90);

  private static final Duration LONGEST_KEY = Duration.ofDays(3650);
  private static final int DESCRIPTION = 255;

  private final AccessAdministration administration;
  private final AccessStore.Accounts store;
  private final Passwords passwords;
  private final Function<Guess, Future<Void>> signIn;
  private final Clock clock;

  AccountAdministration(
      AccessAdministration administration,
      AccessStore store,
      Passwords passwords,
      Function<Guess, Future<Void>> signIn,
      Clock clock) {
    this.administration = administration;
    this.store = store.accounts();
    this.passwords = passwords;
    this.signIn = signIn;
    this.clock = clock;
  }

  /** Makes an account. */
  public Future<Void> create(AccountWish wish, Actor actor) {
    return account(wish)
        .compose(account -> administration.changed(made(account, actor)))
        .map(made -> requireFree(made, wish));
  }

  /** Makes an account, or sets all of one but the password, which stays when none is given. */
  public Future<Boolean> put(AccountWish wish, Actor actor) {
    return account(wish).compose(account -> administration.changed(put(account, wish, actor)));
  }

  private Future<Boolean> put(Account account, AccountWish wish, Actor actor) {
    return made(account, actor)
        .compose(
            made ->
                made
                    ? Future.succeededFuture(true)
                    : store
                        .update(AccountChange.all(account), actor)
                        .compose(
                            set ->
                                set
                                    ? Future.succeededFuture(false)
                                    : putAgain(account, wish, actor)));
  }

  /** The name is taken by the other kind, or the account was deleted between the two steps. */
  private Future<Boolean> putAgain(Account account, AccountWish wish, Actor actor) {
    return administration
        .rules()
        .map(rules -> rules.account(wish.name()))
        .map(found -> requireFree(found.isEmpty() || found.get().kind() == wish.kind(), wish))
        .compose(ignored -> put(account, wish, actor));
  }

  private Future<Boolean> made(Account account, Actor actor) {
    return store.create(account, actor);
  }

  private static Void requireFree(boolean free, AccountWish wish) {
    return AccessAdministration.require(
        free,
        () ->
            refused(
                ErrorCode.CONFLICT,
                "tried to make the "
                    + word(wish.kind())
                    + " "
                    + wish.name()
                    + " but a user or a robot of this name is there already"));
  }

  private Future<Account> account(AccountWish wish) {
    return checked(
            () -> {
              requireName(wish.name(), "account");
              requireDescription(wish.description());
              wish.password().ifPresent(AccountAdministration::requirePassword);
              return wish.password()
                  .filter(ignored -> wish.kind() == Account.Kind.USER)
                  .map(password -> passwords.hash(password).map(Optional::of))
                  .orElseGet(() -> Future.succeededFuture(Optional.empty()));
            })
        .map(wish::account);
  }

  /** Sets a role. */
  public Future<Void> setRole(Account.Kind kind, String name, Role role, Actor actor) {
    return administration
        .changed(store.update(AccountChange.role(kind, name, role), actor))
        .map(found -> requireFound(found, kind, name));
  }

  /** Sets the password of a user; who signed in with the old one has to sign in again. */
  public Future<Void> setPassword(String name, Secret password, Actor actor) {
    return set(name, password, OptionalLong.empty(), actor)
        .map(found -> requireFound(found, Account.Kind.USER, name));
  }

  private Future<Boolean> set(String name, Secret password, OptionalLong expected, Actor actor) {
    return checked(
            () -> {
              requirePassword(password);
              return passwords.hash(password);
            })
        .compose(
            hash ->
                administration.changed(
                    store.update(AccountChange.password(name, hash, expected), actor)));
  }

  /**
   * Sets the password of somebody who knows the old one; fails with {@code DENIED} when they do
   * not, and {@code TOOMANYREQUESTS} when they have guessed too often.
   */
  public Future<Void> setOwnPassword(Caller caller, Secret old, Secret password) {
    return administration
        .rules()
        .map(rules -> withPassword(caller, rules))
        .compose(
            account ->
                known(caller, old)
                    .compose(
                        ignored ->
                            set(
                                account.name(),
                                password,
                                OptionalLong.of(account.version()),
                                caller.actor())))
        .map(
            set ->
                AccessAdministration.require(
                    set,
                    () ->
                        refused(
                            ErrorCode.CONFLICT,
                            "tried to set the password but it was changed meanwhile")));
  }

  private static Account withPassword(Caller caller, AccessRules rules) {
    return (caller.kind() == Caller.Kind.SIGNED_IN
            ? rules.account(caller.name())
            : Optional.<Account>empty())
        .filter(account -> account.password().isPresent())
        .orElseThrow(
            () ->
                refused(
                    ErrorCode.CONFLICT,
                    "tried to set the password but the registry keeps none for " + caller.name()));
  }

  private Future<Void> known(Caller caller, Secret old) {
    return AccessKeys.id(old).isPresent()
        ? Future.failedFuture(notTheirs())
        : signIn
            .apply(new Guess(new Credentials.Basic(caller.name(), old), caller.address()))
            .recover(
                cause ->
                    Future.failedFuture(
                        cause instanceof RegistryException refused
                                && refused.code() == ErrorCode.UNAUTHORIZED
                            ? notTheirs()
                            : cause));
  }

  /** Not 401: the credentials of the request were right. */
  private static RegistryException notTheirs() {
    return refused(ErrorCode.DENIED, "tried to set the password but the old password is not right");
  }

  /** Deletes an account, its keys and the policies that name it. */
  public Future<Void> delete(Account.Kind kind, String name, Actor actor) {
    return administration
        .changed(store.delete(kind, name, actor))
        .map(found -> requireFound(found, kind, name));
  }

  /**
   * Makes a key, whose secret nobody can learn later.
   *
   * @param lifetime a second to ten years; empty for a key that holds until it is revoked
   */
  public Future<AccessKeys.Fresh> makeKey(
      Account.Kind kind,
      String name,
      String description,
      Optional<Duration> lifetime,
      Actor actor) {
    return checked(
            () -> {
              requireDescription(description);
              lifetime.ifPresent(AccountAdministration::requireLifetime);
              return find(kind, name);
            })
        .compose(
            account -> {
              Instant now = clock.instant();
              AccessKeys.Fresh fresh =
                  AccessKeys.make(name, description, now, lifetime.map(now::plus));
              return administration
                  .changed(store.addKey(kind, fresh.key(), actor))
                  .map(found -> requireFound(found, kind, name))
                  .map(fresh);
            });
  }

  /** Deletes a key: it opens nothing any more. */
  public Future<Void> revokeKey(Account.Kind kind, String name, String id, Actor actor) {
    return find(kind, name)
        .compose(account -> administration.changed(store.revokeKey(name, id, actor)))
        .map(found -> AccessAdministration.require(found, () -> missingKey(name, id)));
  }

  private static RegistryException missingKey(String name, String id) {
    return refused(
        ErrorCode.NOT_FOUND,
        "tried to find the key " + Quoted.of(id) + " but " + name + " has none such");
  }

  /** Finds an account. */
  public Future<Account> find(Account.Kind kind, String name) {
    return administration.rules().map(rules -> find(rules, kind, name));
  }

  /** Finds an account in rules that were read; throws {@code NOT_FOUND}. */
  public static Account find(AccessRules rules, Account.Kind kind, String name) {
    return rules
        .account(name)
        .filter(account -> account.kind() == kind)
        .orElseThrow(() -> missing(kind, name));
  }

  private static Void requireFound(boolean found, Account.Kind kind, String name) {
    return AccessAdministration.require(found, () -> missing(kind, name));
  }

  private static RegistryException missing(Account.Kind kind, String name) {
    return refused(
        ErrorCode.NOT_FOUND,
        "tried to find the " + word(kind) + " " + Quoted.of(name) + " but there is none");
  }

  static void requireName(String name, String what) {
    if (!Account.isName(name)) {
      throw refused(
          ErrorCode.BAD_REQUEST,
          "tried to name an "
              + what
              + " "
              + Quoted.of(name)
              + " but expected 1 to 128 of the characters a-z A-Z 0-9 . _ + @ -, the first a letter"
              + " or a digit, and not anonymous");
    }
  }

  private static void requireDescription(String text) {
    boolean refused =
        text.length() > DESCRIPTION
            || text.codePoints()
                .anyMatch(
                    c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    if (refused) {
      throw refused(
          ErrorCode.BAD_REQUEST,
          "tried to set the description but expected at most "
              + DESCRIPTION
              + " characters, no control characters among them");
    }
  }

  /** What looks like a key is taken for one when it is signed in with. */
  private static void requirePassword(Secret password) {
    if (AccessKeys.id(password).isPresent()) {
      throw refused(
          ErrorCode.BAD_REQUEST,
          "tried to set the password but it begins as the keys of this registry do");
    }
  }

  private static void requireLifetime(Duration lifetime) {
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST_KEY) > 0) {
      throw refused(
          ErrorCode.BAD_REQUEST,
          "tried to make a key but expected that it holds for a time from 1s to 3650d, or never"
              + " expires");
    }
  }

  private static String word(Account.Kind kind) {
    return kind == Account.Kind.USER ? "user" : "robot";
  }

  /** Turns what a check throws into the failure of the future. */
  private static <T> Future<T> checked(Supplier<Future<T>> step) {
    try {
      return step.get();
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
  }

  private static RegistryException refused(ErrorCode code, String sentence) {
    return new RegistryException(code, sentence);
  }
}
