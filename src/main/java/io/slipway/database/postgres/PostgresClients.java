package io.slipway.database.postgres;

import io.slipway.database.PostgresUrl;
import io.slipway.database.PostgresUrl.TlsMode;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The connections to one server.
 *
 * @param strict pipelined; each statement commits by itself, and to the disk
 * @param relaxed pipelined; what it commits may be lost with the server's power
 * @param pool for transactions
 * @param offer asked before each connection
 */
record PostgresClients(SqlClient strict, SqlClient relaxed, Pool pool, TlsOffer offer) {
  /** Statements that may wait for a connection, for each of the three; more are refused. */
  private static final int MOST_WAITING = 8192;

  /** Statements under way on one pipelined connection: as many share the fate of a slow one. */
  private static final int PIPELINED = 64;

  private static final int STATEMENTS = 256;
  private static final int LONGEST_STATEMENT = 8192;

  /** After this long without an answer from the other machine a connection counts as broken. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Duration IDLE = Duration.ofMinutes(10);

  /** Makes the clients; they connect when they are first used. */
  static PostgresClients of(PostgresOptions options, Vertx vertx) {
    PgConnectOptions connect = connectOptions(options);
    PgConnectOptions relaxed =
        new PgConnectOptions(connect).addProperty("synchronous_commit", "off");
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout(Math.toIntExact(options.connectTimeout().toMillis()))
            .setTcpKeepAlive(true)
            .setTcpUserTimeout(Math.toIntExact(SILENCE.toMillis()));
    TlsOffer offer = new TlsOffer(vertx, net);
    int few = Math.min(2, options.connections());
    return new PostgresClients(
        client(vertx, offer.to(connect), net, poolOptions(options, options.connections())),
        client(vertx, offer.to(relaxed), net, poolOptions(options, few)),
        PgBuilder.pool()
            .with(poolOptions(options, options.transactions()))
            .with(net)
            .connectingTo(offer.to(connect))
            .using(vertx)
            .build(),
        offer);
  }

  private static SqlClient client(
      Vertx vertx,
      Supplier<Future<SqlConnectOptions>> connect,
      NetClientOptions net,
      PoolOptions pool) {
    return PgBuilder.client().with(pool).with(net).connectingTo(connect).using(vertx).build();
  }

  private static PoolOptions poolOptions(PostgresOptions options, int size) {
    return new PoolOptions()
        .setMaxSize(size)
        .setMaxWaitQueueSize(MOST_WAITING)
        .setConnectionTimeout(Math.toIntExact(options.connectTimeout().toMillis()))
        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(IDLE.toSeconds()))
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        // Otherwise all connections live on the event loop of whoever came first.
        .setEventLoopSize(Math.min(size, Runtime.getRuntime().availableProcessors()));
  }

  private static PgConnectOptions connectOptions(PostgresOptions options) {
    PostgresUrl url = options.url();
    Secret password = options.password() == null ? url.password() : options.password();
    String lock = String.valueOf(options.lockTimeout().toMillis());
    PgConnectOptions connect =
        new PgConnectOptions()
            .setHost(url.host())
            .setPort(url.port())
            .setDatabase(url.database())
            .setUser(url.user())
            .setPassword(password == null ? "" : password.reveal())
            .setPipeliningLimit(PIPELINED)
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(STATEMENTS)
            .setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT)
            .setSslMode(SslMode.of(url.tls().name().toLowerCase(Locale.ROOT).replace('_', '-')))
            .setSslOptions(tls(url));
    Map.of(
            "application_name",
            "slipway",
            "client_min_messages",
            "warning",
            "default_transaction_isolation",
            "read committed",
            "statement_timeout",
            String.valueOf(options.statementTimeout().toMillis()),
            "lock_timeout",
            lock,
            "idle_in_transaction_session_timeout",
            lock,
            // A standby, which may lack what was acknowledged, refuses such a session itself: no
            // connection is ever to one, however the server's name came to lead there.
            "transaction_read_only",
            "off")
        .forEach(connect::addProperty);
    return connect;
  }

  private static ClientSSLOptions tls(PostgresUrl url) {
    ClientSSLOptions tls = new ClientSSLOptions();
    if (url.authority() == null) {
      return tls.setTrustAll(true).setHostnameVerificationAlgorithm("");
    }
    // As PostgreSQL's own programs: an authority that is named is asked in every mode.
    return tls.setTrustOptions(new PemTrustOptions().addCertPath(url.authority().toString()))
        .setHostnameVerificationAlgorithm(url.tls() == TlsMode.VERIFY_FULL ? "HTTPS" : "");
  }

  Future<Void> close() {
    return Future.join(List.of(strict.close(), relaxed.close(), pool.close(), offer.close()))
        .mapEmpty();
  }
}
