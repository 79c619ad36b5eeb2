package io.slipway.database.postgres;

import io.slipway.database.DatabaseConfig;
import io.slipway.database.PostgresUrl;
import io.slipway.runtime.Secret;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How PostgreSQL is reached.
 *
 * @param password instead of the URL's; null for that one
 * @param connections pipelined connections for single statements
 * @param transactions connections for transactions
 * @param connectTimeout how long one may wait for a connection
 * @param statementTimeout how long one statement may take in the server
 * @param lockTimeout how long a statement may wait for a lock, and a transaction for its next
 *     statement
 */
public record PostgresOptions(
    PostgresUrl url,
    @Nullable Secret password,
    int connections,
    int transactions,
    Duration connectTimeout,
    Duration statementTimeout,
    Duration lockTimeout) {
  /** Longer, and a node that stopped inside a transaction would hold up the others. */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

  /** Returns what is configured. */
  public static PostgresOptions of(PostgresUrl url, DatabaseConfig config) {
    return new PostgresOptions(
        url,
        config.password(),
        config.connections(),
        config.transactions(),
        config.connectTimeout(),
        config.statementTimeout(),
        LOCK_TIMEOUT);
  }

  /** Returns what suits a registry. */
  public static PostgresOptions of(PostgresUrl url) {
    return new PostgresOptions(
        url, null, 4, 16, Duration.ofSeconds(5), Duration.ofSeconds(10), LOCK_TIMEOUT);
  }
}
