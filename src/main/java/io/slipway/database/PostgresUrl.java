package io.slipway.database;

import io.slipway.runtime.PercentCode;
import io.slipway.runtime.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and how to get in, as its own programs write it: {@code
 * postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/ca.pem}.
 *
 * @param password null when the URL has none
 * @param authority file of the certificates that may sign the server's, in PEM; null when the URL
 *     names none
 */
public record PostgresUrl(
    String host,
    int port,
    String database,
    String user,
    @Nullable Secret password,
    TlsMode tls,
    @Nullable Path authority) {
  private static final int PORT = 5432;

  /** Says how much TLS has to prove; named as in {@code sslmode}. */
  public enum TlsMode {
    /** Never TLS. */
    DISABLE,
    /** TLS where the server offers it, whoever the server is. */
    PREFER,
    /** TLS, whoever the server is. */
    REQUIRE,
    /** TLS with a certificate that the authority signed. */
    VERIFY_CA,
    /** TLS with a certificate that the authority signed for this host. */
    VERIFY_FULL;

    private boolean verifies() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }

  /** Tells whether a URL means PostgreSQL. */
  public static boolean matches(String url) {
    return url.startsWith("postgresql:") || url.startsWith("postgres:");
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with what was expected instead, which tells nothing of the URL
   */
  public static PostgresUrl parse(String url) {
    URI uri = uri(url);
    String host = uri.getHost();
    if (host == null || uri.getFragment() != null) {
      throw expected("postgresql://user:password@host:port/database");
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String database = PercentCode.decode(path.isEmpty() ? "" : path.substring(1));
    if (database.isEmpty() || database.indexOf('/') >= 0) {
      throw expected("the name of the database after the host, as in postgresql://host/registry");
    }
    String[] user = String.valueOf(uri.getRawUserInfo()).split(":", 2);
    if (uri.getRawUserInfo() == null || user[0].isEmpty()) {
      throw expected("a user before the host, as in postgresql://user@host/registry");
    }
    Parameters parameters = Parameters.of(uri.getRawQuery());
    return new PostgresUrl(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? PORT : uri.getPort(),
        database,
        PercentCode.decode(user[0]),
        user.length < 2 ? null : Secret.of(PercentCode.decode(user[1])),
        parameters.tls(),
        parameters.authority());
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Its message would repeat the password.
      throw expected(
          "postgresql://user:password@host:port/database with %XX for what is special in a URL");
    }
  }

  /** What stands behind the question mark. */
  private record Parameters(TlsMode tls, @Nullable Path authority) {

    static Parameters of(@Nullable String query) {
      TlsMode tls = TlsMode.PREFER;
      @Nullable Path authority = null;
      for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
        String[] parts = parameter.split("=", 2);
        String value = parts.length < 2 ? "" : PercentCode.decode(parts[1]);
        switch (parts[0]) {
          case "sslmode" -> tls = mode(value);
          case "sslrootcert" -> authority = Path.of(value);
          default -> throw expected("no parameters but sslmode and sslrootcert");
        }
      }
      if (tls.verifies() && authority == null) {
        throw expected("sslrootcert=FILE with the authority's certificate for this sslmode");
      }
      return new Parameters(tls, authority);
    }

    private static TlsMode mode(String text) {
      return Arrays.stream(TlsMode.values())
          .filter(mode -> mode.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  expected(
                      "sslmode=disable, prefer, require, verify-ca or verify-full in the URL"));
    }
  }

  private static IllegalArgumentException expected(String what) {
    return new IllegalArgumentException(what);
  }
}
