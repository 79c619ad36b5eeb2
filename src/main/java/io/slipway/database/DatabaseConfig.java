package io.slipway.database;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Configures the database that knows what the registry has. */
public record DatabaseConfig(
    @Doc(
            "Where the database is: sqlite:/path/to/file, or postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/ca.pem; without it, registry.db in storage.path.")
        @Nullable Secret url,
    @Doc("Password for PostgreSQL, instead of one in database.url.") @Nullable Secret password,
    @Doc("Threads that read from SQLite at the same time.") @Default("2") int readers,
    @Doc("Connections to PostgreSQL for single statements, shared by all requests.") @Default("4")
        int connections,
    @Doc("Connections to PostgreSQL for transactions, one at a time on each.") @Default("16")
        int transactions,
    @Doc("How long a request may wait for a connection to PostgreSQL.") @Default("5s")
        Duration connectTimeout,
    @Doc("How long a statement may take in PostgreSQL.") @Default("10s")
        Duration statementTimeout) {
  private static final String SQLITE = "sqlite:";

  public DatabaseConfig {
    String problem = url == null ? null : problem(url.reveal());
    new Checks()
        .that(problem == null, "url", String.valueOf(problem))
        .that(
            password == null || (url != null && PostgresUrl.matches(url.reveal())),
            "password",
            "no password, because database.url names no PostgreSQL")
        .range("readers", readers, 1, 64)
        .range("connections", connections, 1, 256)
        .range("transactions", transactions, 1, 1024)
        .range("connect_timeout", connectTimeout, Duration.ofMillis(100), Duration.ofMinutes(1))
        .range("statement_timeout", statementTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10))
        .done();
  }

  private static @Nullable String problem(String url) {
    if (!PostgresUrl.matches(url)) {
      return url.startsWith(SQLITE) && url.length() > SQLITE.length()
          ? null
          : "sqlite:/path/to/file or postgresql://user:password@host:port/database";
    }
    try {
      PostgresUrl.parse(url);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Returns where PostgreSQL is; empty when SQLite is to be used. */
  public Optional<PostgresUrl> postgres() {
    return Optional.ofNullable(url)
        .map(Secret::reveal)
        .filter(PostgresUrl::matches)
        .map(PostgresUrl::parse);
  }

  /** Returns the SQLite file, which is in the data folder unless the URL names another place. */
  public Path file(Path dataFolder) {
    return url == null
        ? dataFolder.resolve("registry.db")
        : Path.of(url.reveal().substring(SQLITE.length()));
  }
}
