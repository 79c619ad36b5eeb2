package io.slipway.metadata.redis;

import static java.util.Objects.requireNonNull;

import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.metadata.RedisUrl.Host;
import io.slipway.metadata.RedisUrl.Kind;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to get a connection to Redis, and the connection itself if it succeeds; it ends as a
 * whole. Used on one context only.
 */
final class RedisSession {
  private final Vertx vertx;
  private final RedisConfig config;
  private final RedisUrl url;
  private final List<Redis> clients = new ArrayList<>();
  private boolean closed;

  RedisSession(Vertx vertx, RedisUrl url, RedisConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.url = url;
  }

  /**
   * Connects; may take forever.
   *
   * @param attempt which of the hosts is asked first: one of them may be silent
   */
  Future<RedisConnection> connect(int attempt, Duration patience) {
    List<Host> hosts = new ArrayList<>(url.hosts());
    Collections.rotate(hosts, -(attempt % hosts.size()));
    return switch (url.kind()) {
      case SINGLE, CLUSTER -> open(hosts, url.kind(), url.user(), password(), patience);
      case SENTINEL ->
          master(hosts.getFirst(), patience)
              .compose(
                  master -> open(List.of(master), Kind.SINGLE, url.user(), password(), patience));
    };
  }

  /** Asks one sentinel which server is the master now. */
  private Future<Host> master(Host sentinel, Duration patience) {
    Request question =
        Request.cmd(Command.SENTINEL)
            .arg("GET-MASTER-ADDR-BY-NAME")
            .arg(requireNonNull(url.master()));
    return open(List.of(sentinel), Kind.SENTINEL, null, config.sentinelPassword(), patience)
        .compose(connection -> connection.send(question))
        .map(RedisSession::address);
  }

  private static Host address(@Nullable Response answer) {
    if (answer == null || answer.size() != 2) {
      throw new RedisAway(RedisAway.Reason.FAILED, "the sentinel knows no master of this name");
    }
    return new Host(answer.get(0).toString(), Integer.parseInt(answer.get(1).toString()));
  }

  private Future<RedisConnection> open(
      List<Host> hosts,
      Kind kind,
      @Nullable String user,
      @Nullable Secret password,
      Duration patience) {
    if (closed) {
      return Future.failedFuture("closed");
    }
    RedisOptions options =
        new RedisOptions()
            .setType(kind == Kind.CLUSTER ? RedisClientType.CLUSTER : RedisClientType.STANDALONE)
            .setNetClientOptions(tcp(patience))
            .setEndpoints(hosts.stream().map(host -> endpoint(host, kind)).toList())
            // Not in the URLs, which the client puts into its messages.
            .setUser(user)
            .setPassword(password == null ? null : password.reveal());
    Redis client = Redis.createClient(vertx, options);
    clients.add(client);
    return client.connect();
  }

  private NetClientOptions tcp(Duration patience) {
    NetClientOptions tcp =
        new NetClientOptions()
            .setConnectTimeout((int) patience.toMillis())
            .setTcpKeepAlive(true)
            .setSsl(url.tls())
            .setHostnameVerificationAlgorithm(config.verifyHost() ? "HTTPS" : "");
    if (config.authority() != null) {
      tcp.setTrustOptions(new PemTrustOptions().addCertPath(config.authority().toString()));
    }
    if (config.tls().isPresent()) {
      tcp.setKeyCertOptions(config.tls().options());
    }
    return tcp;
  }

  private String endpoint(Host host, Kind kind) {
    String name = host.name().indexOf(':') < 0 ? host.name() : "[" + host.name() + "]";
    String path = kind == Kind.SINGLE && url.database() != 0 ? "/" + url.database() : "";
    return (url.tls() ? "rediss://" : "redis://") + name + ":" + host.port() + path;
  }

  private @Nullable Secret password() {
    return config.password() != null ? config.password() : url.password();
  }

  /** Closes every connection that was made. */
  Future<Void> close() {
    closed = true;
    List<Future<Void>> ends = clients.stream().map(Redis::close).toList();
    clients.clear();
    return Future.join(ends).mapEmpty();
  }
}
