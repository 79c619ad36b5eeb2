package io.slipway.auth.token;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.runtime.ContextPromise;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the tokens of another server, whose keys it reads again and again; while it cannot, it
 * keeps those it has. Thread-safe.
 */
final class ExternalTokens {
  private static final Logger LOG = LoggerFactory.getLogger(ExternalTokens.class);
  private static final Duration LOOK_AT_FILES = Duration.ofSeconds(2);
  private static final Duration ASK = Duration.ofMinutes(1);

  /** So often at most the other server is asked because of tokens whose key is not known. */
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  /** Keys take a few kilobytes. */
  static final int MAX_BYTES = 1 << 20;

  private final Vertx vertx;
  private final TokenConfig.External config;
  private final Clock clock;
  private final TokenClaims.Expected expected;
  private final Poller poller;
  private final AtomicLong begun = new AtomicLong();
  private volatile TrustedKeys keys = TrustedKeys.none();
  private long taken;
  private @Nullable Future<Void> reading;
  private long lastAsked = System.nanoTime() - BETWEEN.toNanos();

  ExternalTokens(Vertx vertx, TokenConfig.External config, Clock clock) {
    this.vertx = vertx;
    this.config = config;
    this.clock = clock;
    this.expected =
        new TokenClaims.Expected(
            requireNonNull(config.issuer()), requireNonNull(config.service()), true);
    this.poller =
        new Poller(
            vertx,
            "keys of the token server",
            isAddress() ? ASK : LOOK_AT_FILES,
            () -> read().map(false));
  }

  private boolean isAddress() {
    return config.jwks() != null && config.jwks().contains("://");
  }

  /**
   * Reads the keys, and reads them again from now on; fails when a file cannot be read. Another
   * server may be away: until it is back its tokens are refused.
   */
  Future<Void> start() {
    return read()
        .recover(
            cause -> {
              if (!isAddress()) {
                return Future.failedFuture(cause);
              }
              LOG.warn("the keys of the token server are not known yet: {}", cause.getMessage());
              return Future.succeededFuture();
            })
        .onSuccess(ignored -> poller.wake());
  }

  Future<Void> stop() {
    return poller.stop();
  }

  /** What one read found; the numbers are in the order in which reads began. */
  private record Found(long number, TrustedKeys keys) {}

  private Future<Void> read() {
    return vertx
        .executeBlocking(() -> new Found(begun.incrementAndGet(), readNow()), false)
        .map(found -> take(requireNonNull(found)));
  }

  private TrustedKeys readNow() throws IOException, InterruptedException {
    try {
      String set = config.jwks();
      List<JWK> named = set == null ? List.of() : TrustedKeys.ofSet(content(set));
      Path file = config.certificate();
      return file == null
          ? new TrustedKeys(named, List.of())
          : TrustedKeys.ofCertificates(bounded(file), named);
    } catch (ParseException | GeneralSecurityException e) {
      throw new IOException(
          "tried to read the keys of the token server but they are no JWKS or no certificate", e);
    }
  }

  private String content(String set) throws IOException, InterruptedException {
    return isAddress()
        ? new JwksAddress(URI.create(set), config.jwksCa()).read()
        : new String(bounded(Path.of(set)), StandardCharsets.UTF_8);
  }

  static byte[] bounded(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          "tried to read " + file + " but it has more than " + MAX_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /** Two may be read at once; those stay that were asked for last. */
  private synchronized @Nullable Void take(Found found) {
    if (found.number() < taken) {
      return null;
    }
    taken = found.number();
    if (!found.keys().equals(keys)) {
      keys = found.keys();
      LOG.info("read {} keys of the token server {}", keys.keys().size(), config.issuer());
    }
    return null;
  }

  /** Reads a token; fails with {@code UNAUTHORIZED} when it is none of the other server's. */
  Future<VerifiedToken> read(SignedJWT token) {
    return isAddress() && !keys.mayHaveSigned(token) && isSaidToBeTheirs(token)
        ? readAnew().compose(ignored -> verified(token))
        : verified(token);
  }

  private boolean isSaidToBeTheirs(SignedJWT token) {
    try {
      return expected.issuer().equals(token.getJWTClaimsSet().getIssuer());
    } catch (ParseException e) {
      return false;
    }
  }

  /** Asks for keys that the other server may just have made; for all who wait once. */
  private Future<Void> readAnew() {
    ContextPromise<Void> answer = ContextPromise.onContextOf(vertx);
    // What went wrong the poller tells; the keys that are known stay.
    readSoon().otherwiseEmpty().onComplete(ignored -> answer.take(Future.succeededFuture()));
    return answer.future();
  }

  private synchronized Future<Void> readSoon() {
    if (reading == null) {
      if (System.nanoTime() - lastAsked < BETWEEN.toNanos()) {
        return Future.succeededFuture();
      }
      lastAsked = System.nanoTime();
      Future<Void> now = read();
      reading = now;
      return now.onComplete(ignored -> ended());
    }
    return reading;
  }

  private synchronized void ended() {
    reading = null;
  }

  private Future<VerifiedToken> verified(SignedJWT token) {
    try {
      JOSEObjectType type = token.getHeader().getType();
      if (type != null && !JOSEObjectType.JWT.equals(type)) {
        throw BadToken.because("it is of another kind");
      }
      TrustedKeys now = keys;
      if (!now.signed(token)) {
        throw BadToken.because("no key of the token server signed it");
      }
      TokenClaims claims = expected.check(token.getJWTClaimsSet(), clock.instant());
      // With other keys it has to show again that one of them signed it.
      return Future.succeededFuture(new VerifiedToken(claims, () -> keys.equals(now)));
    } catch (ParseException e) {
      return Future.failedFuture(BadToken.because("its claims cannot be read"));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
