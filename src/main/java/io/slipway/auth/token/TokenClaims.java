package io.slipway.auth.token;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a token says whose signature is right.
 *
 * @param subject the name of its holder; empty for those who gave no credentials
 * @param version of the credentials it was got with; empty in those of other servers
 * @param externalIssuer the name of the other server that made it; empty for one of our own
 */
record TokenClaims(
    String subject,
    String version,
    TokenAccess access,
    Instant expiresAt,
    Optional<String> externalIssuer) {
  static final String ACCESS = "access";
  static final String VERSION = "ver";

  /** Clocks of servers differ by less. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  private static final int MAX_SUBJECT = 255;

  /** Who a token must be from and for. */
  record Expected(String issuer, String service, boolean external) {
    /**
     * Reads the claims of a token.
     *
     * @throws io.slipway.oci.RegistryException {@code UNAUTHORIZED} when they do not hold now
     */
    TokenClaims check(JWTClaimsSet claims, Instant now) {
      if (!issuer.equals(claims.getIssuer())) {
        throw BadToken.because("another server made it");
      }
      if (!claims.getAudience().contains(service)) {
        throw BadToken.because("it is for another service");
      }
      Instant expiresAt =
          time(claims.getExpirationTime())
              .orElseThrow(() -> BadToken.because("it does not say when it expires"));
      if (!now.isBefore(expiresAt)) {
        throw BadToken.because("it has expired");
      }
      if (time(claims.getNotBeforeTime()).filter(now.plus(LEEWAY)::isBefore).isPresent()) {
        throw BadToken.because("it is not valid yet");
      }
      return new TokenClaims(
          subject(claims.getSubject()),
          claims.getClaim(VERSION) instanceof String version ? version : "",
          TokenAccess.read(claims.getClaim(ACCESS)),
          expiresAt,
          external ? Optional.of(issuer) : Optional.empty());
    }
  }

  private static Optional<Instant> time(@Nullable Date date) {
    return Optional.ofNullable(date).map(Date::toInstant);
  }

  private static String subject(@Nullable String subject) {
    String name = subject == null ? "" : subject;
    if (name.length() > MAX_SUBJECT || name.chars().anyMatch(Character::isISOControl)) {
      throw BadToken.because("its subject is no name");
    }
    return name;
  }
}
