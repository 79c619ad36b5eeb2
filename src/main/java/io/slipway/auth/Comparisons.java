package io.slipway.auth;

import io.slipway.oci.RegistryException;
import io.slipway.runtime.ContextPromise;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the passwords of those who sign in. Equal attempts that are under way together cost one
 * comparison, wherever they come from, and the same password costs none for a minute after it was
 * right. Who guesses is slowed down. Thread-safe; blocks nothing.
 */
final class Comparisons {
  private final Passwords passwords;
  private final LoginThrottle throttle;
  private final VerifiedPasswords verified = new VerifiedPasswords();
  private final Map<Attempt, UnderWay> underWay = new HashMap<>();

  Comparisons(Passwords passwords, LoginThrottle throttle) {
    this.passwords = passwords;
    this.throttle = throttle;
  }

  /**
   * A name, a password and what that must match.
   *
   * @param digest of name and password, as {@link VerifiedPasswords} makes it
   * @param hash empty for a name that has none
   */
  private record Attempt(String name, Secret password, String digest, Optional<Secret> hash) {}

  /** Somebody who waits for an answer. */
  private record Waiter(String network, ContextPromise<Boolean> answer) {}

  /**
   * A comparison, and all who wait for it.
   *
   * @param first the network whose attempt began it, and has a place for it
   * @param networks all that the attempt came from
   */
  private record UnderWay(String first, Set<String> networks, List<Waiter> waiters) {
    static UnderWay begun(String network) {
      return new UnderWay(network, new HashSet<>(), new ArrayList<>());
    }

    void add(Waiter waiter) {
      networks.add(waiter.network());
      waiters.add(waiter);
    }
  }

  /** Tells whether this password was compared with this hash in the last minute, and matched. */
  boolean wasRight(String name, Secret password, Secret hash) {
    return verified.contains(verified.digest(name, password), hash);
  }

  /**
   * Compares a password. Fails with {@code TOOMANYREQUESTS} when the name has to wait after wrong
   * ones from there, or when too many passwords are compared.
   *
   * @param hash empty for a name that has none, which takes as long
   * @param address the numeric address the attempt came from
   */
  Future<Boolean> compare(String name, Secret password, Optional<Secret> hash, String address) {
    Attempt attempt = new Attempt(name, password, verified.digest(name, password), hash);
    try {
      return compare(attempt, ClientNetwork.of(address), false);
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * Compares, or waits for who does.
   *
   * @param admitted whether this attempt was let through before
   */
  private Future<Boolean> compare(Attempt attempt, String network, boolean admitted) {
    Waiter waiter = new Waiter(network, new ContextPromise<>());
    UnderWay own = UnderWay.begun(network);
    synchronized (this) {
      if (attempt.hash().filter(hash -> verified.contains(attempt.digest(), hash)).isPresent()) {
        return Future.succeededFuture(true);
      }
      UnderWay known = underWay.get(attempt);
      if (!admitted && (known == null || !known.networks().contains(network))) {
        throttle.require(attempt.name(), network);
      }
      if (known != null) {
        known.add(waiter);
        return waiter.answer().future();
      }
      own.add(waiter);
      underWay.put(attempt, own);
    }
    evaluate(attempt, network)
        .onComplete(right -> answer(attempt, own, right), cause -> refuse(attempt, own, cause));
    return waiter.answer().future();
  }

  private Future<Boolean> evaluate(Attempt attempt, String network) {
    return attempt
        .hash()
        .map(hash -> passwords.matches(hash, attempt.password(), network))
        .orElseGet(() -> passwords.matchesNobody(attempt.password(), network));
  }

  private void answer(Attempt attempt, UnderWay compared, boolean right) {
    synchronized (this) {
      underWay.remove(attempt);
      if (right) {
        verified.add(attempt.digest(), attempt.hash().orElseThrow());
      }
    }
    for (String network : compared.networks()) {
      if (right) {
        throttle.succeeded(attempt.name(), network);
      } else {
        throttle.failed(attempt.name(), network);
      }
    }
    compared.waiters().forEach(waiter -> waiter.answer().succeed(right));
  }

  /** Other networks do not pay for what the first one sends: they begin again with their own. */
  private void refuse(Attempt attempt, UnderWay refused, Throwable cause) {
    synchronized (this) {
      underWay.remove(attempt);
    }
    for (Waiter waiter : refused.waiters()) {
      if (waiter.network().equals(refused.first())) {
        waiter.answer().fail(cause);
      } else {
        waiter.answer().take(compare(attempt, waiter.network(), true));
      }
    }
  }
}
