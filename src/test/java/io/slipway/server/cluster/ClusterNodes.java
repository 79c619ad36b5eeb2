package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.runtime.TlsFiles;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.FreePort;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Some registries as processes that are one cluster, on one bucket and one database. */
final class ClusterNodes implements AutoCloseable {
  /** A setting that is no key of the configuration: more flags of the JVM. */
  static final String FLAGS = "JDK_JAVA_OPTIONS";

  private final Path folder;
  private final ObjIntConsumer<Map<String, String>> change;
  private final String database;
  private final FakeS3 s3 = new FakeS3();
  private final Map<String, String> settings = new HashMap<>();
  private final List<ChildRegistry> nodes = new ArrayList<>();
  private final List<Integer> opsPorts = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final String id = UUID.randomUUID().toString();

  private ClusterNodes(Path folder, ObjIntConsumer<Map<String, String>> change) {
    this.folder = folder;
    this.change = change;
    String[] bucket = s3.settings();
    for (int i = 0; i < bucket.length; i += 2) {
      settings.put(bucket[i], bucket[i + 1]);
    }
    PostgresServer postgres = PostgresServer.shared();
    database = postgres.createDatabase().database();
    settings.put("database.url", postgres.text(database));
    settings.put("cluster.enabled", "true");
    settings.put("cluster.name", "test-" + id);
    settings.put("cluster.bus_port", "0");
  }

  /** Starts so many, the first before the others, and waits until all listen. */
  static ClusterNodes start(Path folder, int count) {
    return start(folder, count, (settings, node) -> {});
  }

  /** Starts so many, the settings of each changed before it starts. */
  static ClusterNodes start(Path folder, int count, ObjIntConsumer<Map<String, String>> change) {
    String classes = System.getProperty("java.class.path");
    return start(folder, Collections.nCopies(count, classes), change);
  }

  /** Starts one of each of these class paths, the first before the others. */
  static ClusterNodes start(Path folder, List<String> releases) {
    return start(folder, releases, (settings, node) -> {});
  }

  /** Starts one of each of these class paths, the settings of each changed before it starts. */
  static ClusterNodes start(
      Path folder, List<String> releases, ObjIntConsumer<Map<String, String>> change) {
    ClusterNodes cluster = new ClusterNodes(folder, change);
    try {
      for (int i = 0; i < releases.size(); i++) {
        cluster.ports.add(FreePort.find());
      }
      cluster.add(releases.getFirst()).port();
      for (String release : releases.subList(1, releases.size())) {
        cluster.add(release);
      }
      cluster.nodes.forEach(ChildRegistry::port);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private ChildRegistry add(String classPath) {
    opsPorts.add(FreePort.find());
    nodes.add(launch(nodes.size(), classPath));
    return nodes.getLast();
  }

  /** Starts one more, of which the others were not told, and waits for nothing. */
  void add() {
    ports.add(FreePort.find());
    add(System.getProperty("java.class.path"));
  }

  /** Starts a node that has ended, on the same folder and ports, and waits for nothing. */
  void startAgain(int index) {
    startAgain(index, System.getProperty("java.class.path"));
  }

  /** Starts another release, given by its class path, in the place of a node that has ended. */
  void startAgain(int index, String classPath) {
    nodes.set(index, launch(index, classPath));
  }

  private ChildRegistry launch(int index, String classPath) {
    try {
      Path data = Files.createDirectories(folder.resolve("node" + index));
      Files.writeString(data.resolve("storage.id"), id);
      Map<String, String> own = new HashMap<>(settings);
      own.put("ops.port", String.valueOf(opsPorts.get(index)));
      own.put("cluster.port", String.valueOf(ports.get(index)));
      own.put("cluster.members", String.join(",", members()));
      change.accept(own, index);
      Map<String, String> environment = new HashMap<>();
      Optional.ofNullable(own.remove(FLAGS)).ifPresent(flag -> environment.put(FLAGS, flag));
      return ChildRegistry.launchOf(classPath, environment, data, own, "-Xmx256m");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> members() {
    return ports.stream().map(port -> "127.0.0.1:" + port).toList();
  }

  /** Returns the configuration of one more member, which is no registry. */
  ClusterConfig stranger() {
    TlsFiles none = new TlsFiles(null, null);
    String name = "test-" + id;
    return new ClusterConfig(
        true, name, "127.0.0.1", 0, 0, Discovery.MEMBERS, members(), none, null);
  }

  ChildRegistry node(int index) {
    return nodes.get(index);
  }

  PushClient client(int index) {
    return node(index).client();
  }

  /** Returns a client of the port for health and metrics. */
  PushClient ops(int index) {
    return new PushClient(opsPorts.get(index));
  }

  /** Tells whether a node says that it can be asked; one that does not listen yet says nothing. */
  boolean isReady(int index) {
    try {
      return ops(index).send("GET", "/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Returns the value of a metric as a node tells it; 0 when there is none. */
  double metric(int index, String name) {
    Matcher found =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
            .matcher(new String(ops(index).send("GET", "/metrics").body(), UTF_8));
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  FakeS3 bucket() {
    return s3;
  }

  String database() {
    return database;
  }

  /** Returns what the first column of an answer of the database says. */
  List<String> rows(String sql) {
    return PostgresServer.shared().query(database, sql);
  }

  void execute(String sql) {
    PostgresServer.shared().execute(database, sql);
  }

  /** Tells whether an upload has a writer, as its row says. */
  boolean writing(String id) {
    return !rows("SELECT 1 FROM upload WHERE writer IS NOT NULL AND id = '" + id + "'").isEmpty();
  }

  /** Returns the name of a node, as rows have it. */
  String name(int index) {
    try {
      return Files.readString(folder.resolve("node" + index).resolve("node.id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns how many nodes there are, as one of them knows. */
  int members(int index) {
    return (int) metric(index, "slipway_cluster_members");
  }

  /** Waits until a node knows so many. */
  void awaitMembers(int index, int count, Duration patience) {
    Eventually.happens(
        count + " members at node " + index, patience, () -> members(index) == count);
  }

  /** Waits until every node knows all of them. */
  void awaitAll(Duration patience) {
    for (int i = 0; i < nodes.size(); i++) {
      awaitMembers(i, nodes.size(), patience);
    }
  }

  @Override
  public void close() {
    nodes.forEach(ChildRegistry::close);
    s3.close();
  }
}
