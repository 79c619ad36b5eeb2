package io.slipway.auth;

import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has the rules in memory, never older than a second: what is changed here holds when the change is
 * answered, what other nodes change is found by asking for the version each second, and no message
 * is needed for it. Thread-safe.
 *
 * <p>While the database does not answer, the rules stay as they were.
 */
public final class AccessControl {
  /** A change holds within 1 s on every node (R5.2); the poller spreads its looks by a fifth. */
  private static final Duration LOOK = Duration.ofMillis(700);

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  private final AccessStore store;
  private final List<Policy> always;
  private final Poller poller;
  private volatile AccessRules rules = AccessRules.none();

  /**
   * Makes one without rules.
   *
   * @param always policies that hold besides those in the store
   */
  public AccessControl(Vertx vertx, AccessStore store, List<Policy> always) {
    this.store = store;
    this.always = List.copyOf(always);
    this.poller = new Poller(vertx, "access", LOOK, () -> look().map(false));
  }

  /** Reads the rules, and goes on looking at them. */
  public Future<Void> start() {
    return reload().onSuccess(ignored -> poller.wake());
  }

  /** Looks no more. */
  public Future<Void> stop() {
    return poller.stop();
  }

  /** Returns the rules as they are known now. */
  public AccessRules rules() {
    return rules;
  }

  private Future<Void> look() {
    return store
        .version()
        // One connection of many may hang: the next look takes another.
        .timeout(LONGEST_LOOK.toMillis(), TimeUnit.MILLISECONDS)
        .compose(version -> version == rules.version() ? Future.succeededFuture() : reload());
  }

  /** Reads the rules; to be awaited before a change of them is answered. */
  public Future<Void> reload() {
    return store.load().map(loaded -> take(loaded.with(always)));
  }

  /** Two may be read at once; the newer stays. */
  private synchronized Void take(AccessRules loaded) {
    if (loaded.version() >= rules.version()) {
      rules = loaded;
    }
    return null;
  }
}
