package io.slipway.metadata;

import io.slipway.runtime.PercentCode;
import io.slipway.runtime.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how to get in: {@code redis://user:password@host:port/database}, {@code
 * redis-sentinel://host,host/database?master=name}, {@code redis-cluster://host,host}, and the same
 * with {@code rediss} for TLS.
 *
 * @param hosts at least one: the server, the sentinels, or some nodes of the cluster
 * @param user null for the default user
 * @param password null when the URL has none
 * @param master what the sentinels call the server; null when there are none
 */
public record RedisUrl(
    Kind kind,
    boolean tls,
    List<Host> hosts,
    @Nullable String user,
    @Nullable Secret password,
    int database,
    @Nullable String master) {
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final String SHAPE = "redis://user:password@host:port/database";
  private static final Pattern URL =
      Pattern.compile(
          "redis(?<tls>s?)(?<kind>-sentinel|-cluster|)://(?:(?<user>.*)@)?(?<hosts>[^/?#@]+)"
              + "(?:/(?<database>[0-9]{1,4})?)?(?:\\?(?<query>[^#]*))?");

  /** How many servers stand behind a URL, and who tells which of them to ask. */
  public enum Kind {
    /** One server. */
    SINGLE,
    /** Sentinels, who tell which server is the master. */
    SENTINEL,
    /** A cluster, whose nodes tell which of them has a key. */
    CLUSTER
  }

  /** One address. */
  public record Host(String name, int port) {}

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with what was expected instead, which tells nothing of the URL
   */
  public static RedisUrl parse(String url) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw expected(
          SHAPE + ", redis-sentinel://host,host?master=name or redis-cluster://host,host");
    }
    Kind kind =
        switch (parts.group("kind")) {
          case "-sentinel" -> Kind.SENTINEL;
          case "-cluster" -> Kind.CLUSTER;
          default -> Kind.SINGLE;
        };
    List<Host> hosts =
        Stream.of(parts.group("hosts").split(",", -1)).map(host -> host(kind, host)).toList();
    if (kind == Kind.SINGLE && hosts.size() > 1) {
      throw expected("one host, or redis-sentinel: or redis-cluster: before several");
    }
    int database = parts.group("database") == null ? 0 : Integer.parseInt(parts.group("database"));
    if (kind == Kind.CLUSTER && database != 0) {
      throw expected("no number of a database, for a cluster has one only");
    }
    @Nullable String userInfo = parts.group("user");
    String[] user = userInfo == null ? new String[] {""} : userInfo.split(":", 2);
    return new RedisUrl(
        kind,
        !parts.group("tls").isEmpty(),
        hosts,
        user[0].isEmpty() ? null : PercentCode.decode(user[0]),
        user.length < 2 || user[1].isEmpty() ? null : Secret.of(PercentCode.decode(user[1])),
        database,
        master(kind, parts.group("query")));
  }

  /** Tells whether it names a user and leaves it to others to say the password. */
  boolean lacksPassword() {
    return user != null && password == null;
  }

  private static Host host(Kind kind, String text) {
    try {
      URI uri = new URI("redis://" + text);
      if (uri.getHost() != null && uri.getRawUserInfo() == null) {
        String name = uri.getHost();
        int standard = kind == Kind.SENTINEL ? SENTINEL_PORT : PORT;
        return new Host(
            name.startsWith("[") ? name.substring(1, name.length() - 1) : name,
            uri.getPort() < 0 ? standard : uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Its message would repeat the URL.
    }
    throw expected("hosts or host:port, separated by commas, and %XX for what is special in a URL");
  }

  private static @Nullable String master(Kind kind, @Nullable String query) {
    boolean named =
        query != null
            && query.startsWith("master=")
            && query.indexOf('&') < 0
            && query.length() > 7;
    if (kind == Kind.SENTINEL && !named) {
      throw expected("?master=name at the end, the name that the sentinels give the server");
    }
    if (kind != Kind.SENTINEL && query != null) {
      throw expected("no parameters but the master of redis-sentinel:");
    }
    return query == null ? null : PercentCode.decode(query.substring("master=".length()));
  }

  private static IllegalArgumentException expected(String what) {
    return new IllegalArgumentException(what);
  }
}
