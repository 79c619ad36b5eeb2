package io.slipway.auth.token;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.slipway.runtime.ContextPromise;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Has the keys of this registry's tokens in memory, makes one when none signs, and gives up those
 * whose tokens have expired. Thread-safe.
 *
 * <p>Nodes that start at once, or have secrets of their own, make a key each; all of them verify
 * with all keys.
 */
public final class KeyRing {
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** The next key is there before the last one signs no more. */
  private static final Duration AHEAD = LOOK.multipliedBy(5);

  /** So often at most is the table read for tokens with keys nobody has. */
  private static final Duration BETWEEN_READS = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final TokenKeyStore store;
  private final KeySeal seal;
  private final TokenConfig config;
  private final Clock clock;
  private final Poller poller;
  private volatile Map<String, TokenKey> keys = Map.of();
  private volatile List<TokenKey> newestFirst = List.of();

  // Of this.
  private @Nullable ContextPromise<Void> nextRead;
  private long lastRead = System.nanoTime() - BETWEEN_READS.toNanos();

  /** Takes where the keys are, and what opens them. */
  public KeyRing(Vertx vertx, TokenKeyStore store, KeySeal seal, TokenConfig config, Clock clock) {
    this.vertx = vertx;
    this.store = store;
    this.seal = seal;
    this.config = config;
    this.clock = clock;
    this.poller = new Poller(vertx, "token keys", LOOK, () -> look().map(false));
  }

  /** Reads the keys, or makes the first one, and goes on looking after them. */
  public Future<Void> start() {
    return look().onSuccess(ignored -> poller.wake());
  }

  /** Looks after nothing more. */
  public Future<Void> stop() {
    return poller.stop();
  }

  private Future<Void> look() {
    return read()
        .compose(
            ignored ->
                signing(clock.instant().plus(AHEAD)).isPresent()
                    ? Future.succeededFuture()
                    : vertx
                        .executeBlocking(() -> TokenKey.make(seal, config, clock.instant()), false)
                        .compose(made -> store.add(requireNonNull(made)))
                        .compose(added -> read()))
        .compose(ignored -> store.deleteExpired(clock.instant()));
  }

  private Future<Void> read() {
    return store
        .load()
        .compose(stored -> vertx.executeBlocking(() -> open(stored), false))
        .map(opened -> take(requireNonNull(opened)));
  }

  /** A key that was read before is kept as it is: its signature need not be prepared again. */
  private List<TokenKey> open(List<TokenKeyStore.Stored> stored) {
    return stored.stream()
        .filter(key -> clock.instant().isBefore(key.expiresAt()))
        .map(
            key -> {
              TokenKey known = keys.get(key.kid());
              return known == null ? TokenKey.read(key, seal) : known;
            })
        .toList();
  }

  private @Nullable Void take(List<TokenKey> read) {
    keys = read.stream().collect(Collectors.toUnmodifiableMap(TokenKey::kid, Function.identity()));
    newestFirst = read;
    return null;
  }

  /** Returns the key that signs now; empty while the database takes no new one. */
  Optional<TokenKey> signing() {
    return signing(clock.instant());
  }

  private Optional<TokenKey> signing(Instant time) {
    return newestFirst.stream().filter(key -> key.signsAt(time)).findFirst();
  }

  /** Finds a key among those that were read last. */
  Optional<TokenKey> find(String kid) {
    return Optional.ofNullable(keys.get(kid))
        .filter(key -> clock.instant().isBefore(key.expiresAt()));
  }

  /**
   * Finds a key that another node may just have made: the table is read once more, but once a
   * second at most, for all who wait.
   */
  Future<Optional<TokenKey>> findAnew(String kid) {
    ContextPromise<Optional<TokenKey>> answer = ContextPromise.onContextOf(vertx);
    readSoon().onComplete(ignored -> answer.succeed(find(kid)), answer::fail);
    return answer.future();
  }

  private synchronized Future<Void> readSoon() {
    if (nextRead != null) {
      return nextRead.future();
    }
    ContextPromise<Void> next = ContextPromise.onContextOf(vertx);
    nextRead = next;
    long wait =
        TimeUnit.NANOSECONDS.toMillis(lastRead + BETWEEN_READS.toNanos() - System.nanoTime());
    if (wait > 0) {
      vertx.setTimer(wait, ignored -> next.take(readNow()));
    } else {
      next.take(readNow());
    }
    return next.future();
  }

  /** Who comes from now on needs another read: this one may not see what they look for. */
  private Future<Void> readNow() {
    synchronized (this) {
      nextRead = null;
      lastRead = System.nanoTime();
    }
    return read();
  }

  /** Returns the public keys, as {@code application/jwk-set+json}. */
  public String jwks() {
    return new JWKSet(newestFirst.stream().map(TokenKey::jwk).map(JWK.class::cast).toList())
        .toString();
  }
}
