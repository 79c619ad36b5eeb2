package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.testing.Eventually;
import io.slipway.testing.MinioServer;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.RedisServer;
import io.slipway.testing.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Three nodes as processes behind HAProxy, on a database, a MinIO and a Redis of the test's, as
 * {@code cluster/up} runs them: a node that ends is started again.
 */
final class NodeCluster implements AutoCloseable {
  static final int NODES = 3;

  private static final Pattern ADDRESS = Pattern.compile("answer at http://localhost:(\\d+);");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long SECONDS = 90;

  private final Path folder;
  private final MinioServer minio;
  private final RedisServer redis;
  private final String database;
  private final Process up;
  private final int port;

  private NodeCluster(
      Path folder,
      MinioServer minio,
      RedisServer redis,
      String database,
      Map<String, String> environment)
      throws IOException {
    this.folder = folder;
    this.minio = minio;
    this.redis = redis;
    this.database = database;
    this.up =
        Program.of(Path.of("cluster", "up").toAbsolutePath().toString())
            .with(environment)
            .start(folder.toString());
    this.port = readPort();
  }

  /** Starts it in an empty folder; settings are keys of the configuration and their values. */
  static NodeCluster start(Path folder, String... settings) throws IOException {
    MinioServer minio = MinioServer.start(Files.createDirectory(folder.resolve("bucket")));
    RedisServer redis = RedisServer.start();
    String database = PostgresServer.shared().createDatabase().database();
    Map<String, String> all = new HashMap<>(LaunchedStores.environment(minio.settings()));
    all.putAll(
        LaunchedStores.environment(
            "database.url",
            PostgresServer.shared().text(database),
            "storage.cache.type",
            "redis",
            "storage.cache.redis_url",
            "redis://" + redis.host(),
            "storage.reserve",
            "0",
            "http.access_log",
            "false"));
    all.putAll(LaunchedStores.environment(settings));
    return new NodeCluster(folder, minio, redis, database, all);
  }

  private int readPort() throws IOException {
    StringBuilder printed = new StringBuilder();
    BufferedReader output = up.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      printed.append(line).append('\n');
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        // A pipe that nobody reads would stop it.
        Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
        return Integer.parseInt(address.group(1));
      }
    }
    throw new AssertionError("the cluster did not start: " + printed);
  }

  /** Returns a client that goes through HAProxy. */
  PushClient client() {
    return new PushClient(port);
  }

  /** Returns a client of one node, 1 to 3. */
  PushClient client(int node) {
    return new PushClient(port(node));
  }

  /** Returns what stands before a repository's name in the name of an image. */
  String host() {
    return "localhost:" + port;
  }

  String database() {
    return database;
  }

  RedisServer redis() {
    return redis;
  }

  int port(int node) {
    return (int) number(node, "port");
  }

  long pid(int node) {
    return number(node, "pid");
  }

  private long number(int node, String file) {
    try {
      return Long.parseLong(Files.readString(folder.resolve("node-" + node + "/" + file)).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop(int node) {
    Signal.stop(pid(node));
  }

  void wake(int node) {
    Signal.wake(pid(node));
  }

  /** Ends a node as {@code kill -9} does. */
  void kill(int node) {
    ProcessHandle.of(pid(node)).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Ends a node as its operator does, and waits until the next one is ready. */
  void restart(int node) {
    long before = pid(node);
    ProcessHandle.of(before).ifPresent(ProcessHandle::destroy);
    Eventually.happens("the node is started again", PATIENCE, () -> pid(node) != before);
    awaitReady();
  }

  /** Waits until every node is ready, and HAProxy has noticed. */
  void awaitReady() {
    for (int node : IntStream.rangeClosed(1, NODES).toArray()) {
      Eventually.happens("node " + node + " is ready", PATIENCE, () -> isReady(node));
    }
    Eventually.happens("HAProxy has every node", PATIENCE, this::isBalanced);
  }

  /** Tells whether a node says that it can be asked. */
  boolean isReady(int node) {
    try {
      return client(node).send("GET", "/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Asks HAProxy as its operator does. */
  private boolean isBalanced() {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("haproxy.sock"));
    try (SocketChannel operator = SocketChannel.open(address)) {
      operator.write(UTF_8.encode("show stat\n"));
      String csv = new String(Channels.newInputStream(operator).readAllBytes(), UTF_8);
      return csv.lines()
              .filter(line -> line.startsWith("nodes,node-"))
              .filter(line -> line.contains(",UP,"))
              .count()
          == NODES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    for (int node : IntStream.rangeClosed(1, NODES).toArray()) {
      wake(node);
    }
    Program.end(up, SECONDS);
    minio.close();
    redis.close();
  }
}
