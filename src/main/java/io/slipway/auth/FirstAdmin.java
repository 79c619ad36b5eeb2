package io.slipway.auth;

import io.slipway.event.Actor;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the user {@code admin} in a registry that nobody can sign in to. */
public final class FirstAdmin {
  /** What the first admin is called. */
  public static final String NAME = "admin";

  private static final int RANDOM_BYTES = 15;

  private final AccessControl control;
  private final AccessStore store;
  private final Passwords passwords;

  public FirstAdmin(AccessControl control, AccessStore store, Passwords passwords) {
    this.control = control;
    this.store = store;
    this.passwords = passwords;
  }

  /**
   * Makes the admin, if there is no account; of several nodes that start at once one does.
   *
   * @param configured the password; null for a random one
   * @return the random password, if this call made it
   */
  public Future<Optional<Secret>> makeIfNone(@Nullable Secret configured) {
    if (!control.rules().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    Secret password = configured == null ? Secret.random(RANDOM_BYTES) : configured;
    return passwords
        .hash(password)
        .compose(hash -> store.accounts().createFirst(account(hash), Actor.named("first start")))
        .compose(
            made ->
                control
                    .reload()
                    .map(made && configured == null ? Optional.of(password) : Optional.empty()));
  }

  private static Account account(Secret hash) {
    return new Account(
        NAME,
        Account.Kind.USER,
        Role.ADMIN,
        Optional.of(hash),
        0,
        "made at the first start",
        Instant.EPOCH,
        Optional.empty());
  }
}
