package io.slipway.auth.token;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures the tokens of {@code auth.mode: token}. */
public record TokenConfig(
    @Doc("Name of this registry in tokens; a token for another service is refused.")
        @Default("slipway")
        String service,
    @Doc("Name of the registry's own token server in its tokens.") @Default("slipway")
        String issuer,
    @Doc("How long a token is good for.") @Default("5m") Duration ttl,
    @Doc(
            "How long a refresh token is good for, with which a client gets tokens without a password.")
        @Default("30d")
        Duration refreshTtl,
    @Doc("How long a key signs tokens before another one is made.") @Default("30d")
        Duration keyRotation,
    @Doc("Another token server, whose tokens are believed.") External external) {

  /**
   * Names another token server. What its tokens say holds, whatever policies say, until they
   * expire.
   */
  public record External(
      @Doc("The iss of its tokens.") @Nullable String issuer,
      @Doc(
              "Its public keys, a JWKS: a file, which is read again when it changes, or an https:// address, which is asked again each minute, and for a token of a key that is not known, every 10 s at most.")
          @Nullable String jwks,
      @Doc(
              "Certificates in a PEM file, one of which vouches for the server of an https:// address of jwks; without it, those of the JDK.")
          @Nullable Path jwksCa,
      @Doc("Its certificates in a PEM file; read again when it changes.")
          @Nullable Path certificate,
      @Doc("Address at which clients get its tokens.") @Nullable URI realm,
      @Doc("The aud of its tokens.") @Nullable String service) {
    /** The issuer is part of names in the audit log. */
    private static final int MAX_TEXT = 255;

    public External {
      boolean any =
          issuer != null
              || jwks != null
              || jwksCa != null
              || certificate != null
              || realm != null
              || service != null;
      new Checks()
          .that(
              !any || isText(issuer),
              "issuer",
              "the iss of the other server's tokens, at most " + MAX_TEXT + " characters")
          .that(
              !any || isText(service),
              "service",
              "the aud of the other server's tokens, at most " + MAX_TEXT + " characters")
          .that(!any || isHttp(realm), "realm", "http(s)://host[:port][/path] of the other server")
          .that(
              !any || jwks != null || certificate != null,
              "certificate",
              "the other server's certificate, or its jwks")
          .that(
              jwks == null || !jwks.contains("://") || isTrusted(jwks),
              "jwks",
              "a file or an https:// address; http:// only on this machine")
          .that(
              jwksCa == null || (jwks != null && jwks.startsWith("https:")),
              "jwks_ca",
              "nothing, because jwks is no https:// address")
          .done();
    }

    /** Tells whether there is one. */
    public boolean isPresent() {
      return issuer != null;
    }

    private static boolean isText(@Nullable String text) {
      return text != null
          && !text.isBlank()
          && text.length() <= MAX_TEXT
          && !text.contains("\"")
          && !text.contains("\\");
    }

    private static boolean isHttp(@Nullable URI uri) {
      return uri != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          // It would stand in the log, and the realm in every challenge.
          && uri.getUserInfo() == null;
    }

    /** Who can change the keys on their way can make any token. */
    private static boolean isTrusted(String text) {
      try {
        URI uri = URI.create(text);
        return isHttp(uri) && (text.startsWith("https:") || isLoopback(uri.getHost()));
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    private static boolean isLoopback(String host) {
      try {
        return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }

  public TokenConfig {
    new Checks()
        .that(isName(service), "service", "a name without quotes")
        .that(isName(issuer), "issuer", "a name without quotes")
        .that(
            !issuer.equals(external.issuer()),
            "issuer",
            "another name than that of external.issuer")
        // Clients take a minute for granted.
        .range("ttl", ttl, Duration.ofMinutes(1), Duration.ofDays(1))
        .range("refresh_ttl", refreshTtl, Duration.ofMinutes(1), Duration.ofDays(365))
        .range("key_rotation", keyRotation, Duration.ofHours(1), Duration.ofDays(3650))
        .done();
  }

  private static boolean isName(String text) {
    return !text.isBlank()
        && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\');
  }
}
