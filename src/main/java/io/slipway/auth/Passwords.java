package io.slipway.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.ContextPromise;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hashes and compares passwords with bcrypt, on two threads: whoever sends many wrong ones takes no
 * more of the machine, and waits behind themselves. Thread-safe.
 */
public final class Passwords {
  /** bcrypt looks at no more. */
  public static final int MAX_BYTES = 72;

  private static final int THREADS = 2;

  /** At a tenth of a second each, the first of each line waits for three seconds at most. */
  private static final int WAITING = 64;

  /** What the registry itself waits with: new passwords, of whoever may set them. */
  private static final String REGISTRY = "";

  /** Begins every hash of bcrypt. */
  private static final Pattern COST = Pattern.compile("\\$2[abxy]\\$([0-9]{2})\\$");

  private final WorkerExecutor workers;
  private final int cost;
  private final Secret nobody;
  private final FairQueue<Work<?>> queue = new FairQueue<>(WAITING);
  private int free = THREADS;
  private final AtomicLong evaluations = new AtomicLong();

  /**
   * Makes one.
   *
   * @param cost the binary logarithm of bcrypt's rounds, 4 to 31; each step doubles its time
   */
  public Passwords(Vertx vertx, int cost) {
    this.workers = vertx.createSharedWorkerExecutor("slipway-passwords", THREADS);
    this.cost = cost;
    // Of a password nobody has: 53 characters behind the cost, all of them zero bits.
    this.nobody = Secret.of("$2a$%02d$%s".formatted(cost, ".".repeat(53)));
  }

  /** Hashes a new password; fails with {@code BAD_REQUEST} when bcrypt would ignore its end. */
  public Future<Secret> hash(Secret password) {
    if (bytes(password).length > MAX_BYTES || password.reveal().isEmpty()) {
      return Future.failedFuture(
          new RegistryException(
              ErrorCode.BAD_REQUEST,
              "tried to set the password but it has no characters, or more than "
                  + MAX_BYTES
                  + " bytes"));
    }
    return run(
        REGISTRY,
        () ->
            Secret.of(
                new String(
                    BCrypt.withDefaults().hash(cost, bytes(password)), StandardCharsets.US_ASCII)));
  }

  /**
   * Compares a password with a hash; fails with {@code TOOMANYREQUESTS} when too many wait, and no
   * client has more waiting than this one. A hash that is none is never matched.
   *
   * @param network the client, as {@link ClientNetwork} names it
   */
  Future<Boolean> matches(Secret hash, Secret password, String network) {
    return run(
        network,
        () -> {
          evaluations.incrementAndGet();
          boolean right = verify(hash, password);
          if (!right && isCheaper(hash)) {
            // As long as for a name that nobody has: htpasswd makes hashes of cost 5 by itself.
            verify(nobody, password);
          }
          return right;
        });
  }

  private boolean isCheaper(Secret hash) {
    Matcher found = COST.matcher(hash.reveal());
    return found.lookingAt() && Integer.parseInt(found.group(1)) < cost;
  }

  /** Takes the time of a comparison, for a name that nobody has: it must not answer sooner. */
  Future<Boolean> matchesNobody(Secret password, String network) {
    return matches(nobody, password, network).map(false);
  }

  private static boolean verify(Secret hash, Secret password) {
    return BCrypt.verifyer(null, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
        .verify(bytes(password), hash.reveal().getBytes(StandardCharsets.US_ASCII))
        .verified;
  }

  /** What waits, and whom it is told when it was done or lost its place. */
  private record Work<T>(Callable<T> step, ContextPromise<T> result) {
    void refuse() {
      result.fail(
          new RegistryException(
              ErrorCode.TOOMANYREQUESTS,
              "tried to check the password but too many are being checked just now; try again"));
    }
  }

  private <T> Future<T> run(String client, Callable<T> step) {
    Work<T> work = new Work<>(step, new ContextPromise<>());
    queue.offer(client, work).ifPresent(Work::refuse);
    begin();
    return work.result().future();
  }

  /** Begins what waits, as long as threads are free. */
  private void begin() {
    for (Optional<Work<?>> next = next(); next.isPresent(); next = next()) {
      begin(next.get());
    }
  }

  /** In one step, or what came meanwhile would wait for a thread that nobody has. */
  private synchronized Optional<Work<?>> next() {
    Optional<Work<?>> next = free == 0 ? Optional.empty() : queue.poll();
    free -= next.isPresent() ? 1 : 0;
    return next;
  }

  private synchronized void ended() {
    free++;
  }

  private <T> void begin(Work<T> work) {
    Future<T> done = workers.executeBlocking(work.step(), false).map(Objects::requireNonNull);
    done.onComplete(
        ignored -> {
          ended();
          begin();
          work.result().take(done);
        });
  }

  /** Returns how many comparisons were made. */
  public long evaluations() {
    return evaluations.get();
  }

  private static byte[] bytes(Secret password) {
    return password.reveal().getBytes(StandardCharsets.UTF_8);
  }
}
