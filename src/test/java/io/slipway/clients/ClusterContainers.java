package io.slipway.clients;

import static io.slipway.testing.BasicAuthorization.basic;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.DockerComposeContainer;

/**
 * Three nodes, HAProxy, PostgreSQL, MinIO and Redis in containers, as {@code cluster/compose.yaml}
 * says, from images that were made on this machine.
 */
// Testcontainers would rather have the second Compose; Debian has the first.
@SuppressWarnings("deprecation")
final class ClusterContainers implements AutoCloseable {
  static final int NODES = 3;
  static final String USER = "admin";

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Path folder;
  private final String network;
  private final DockerComposeContainer<?> compose;

  private ClusterContainers(Path folder, String network) throws Exception {
    this.folder = folder;
    this.network = network;
    Path files = folder.resolve("cluster");
    Program.of("cp", "-r").print("cluster", files.toString());
    prepare(Map.of());
    this.compose =
        new DockerComposeContainer<>("cluster", files.resolve("compose.yaml").toFile())
            .withEnv(environment())
            .withPull(false);
  }

  /** Makes the images and starts all of it; returns when any node may be asked. */
  static ClusterContainers start(Path folder) throws Exception {
    System.setProperty("DOCKER_HOST", ContainerImage.engine());
    ContainerImage.build(folder);
    for (LocalImage image : List.of(images())) {
      image.make(folder);
    }
    ClusterContainers cluster = new ClusterContainers(folder, freeNetwork());
    try {
      cluster.compose.start();
      cluster.awaitReady();
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static LocalImage[] images() {
    return new LocalImage[] {
      LocalImage.HAPROXY, LocalImage.POSTGRES, LocalImage.MINIO, LocalImage.REDIS
    };
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLUSTER_NETWORK", network);
    environment.put("CLUSTER_PORT", "127.0.0.1:");
    environment.put("SLIPWAY_IMAGE", ContainerImage.NAME);
    for (LocalImage image : images()) {
      environment.put(image + "_IMAGE", image.tag());
    }
    return environment;
  }

  /** Finds three numbers of an address by which this machine knows no network yet. */
  private static String freeNetwork() throws IOException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (true) {
      String candidate = "10." + random.nextInt(128, 255) + "." + random.nextInt(255);
      Stream<InterfaceAddress> all =
          NetworkInterface.networkInterfaces()
              .flatMap(known -> known.getInterfaceAddresses().stream());
      if (all.noneMatch(known -> known.getAddress().getHostAddress().startsWith(candidate))) {
        return candidate;
      }
    }
  }

  /** Runs {@code cluster/prepare}, again too. */
  void prepare(Map<String, String> more) throws Exception {
    Program.of(folder.resolve("cluster/prepare").toString())
        .with("CLUSTER_NETWORK", network)
        .with(more)
        .print();
  }

  /** Returns what stands before a repository's name on this machine: HAProxy. */
  String host() throws Exception {
    String address = ContainerImage.docker().print("port", id("proxy"), "5000");
    return "localhost" + address.substring(address.lastIndexOf(':'));
  }

  String password() {
    try {
      return Files.readAllLines(folder.resolve("cluster/.env")).stream()
          .filter(line -> line.startsWith("ADMIN_PASSWORD="))
          .map(line -> line.substring(line.indexOf('=') + 1))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a client of one node, 1 to 3, past HAProxy. */
  PushClient client(int node) {
    return client(network + ".1" + node + ":5000");
  }

  /** Returns a client of whoever listens there. */
  PushClient client(String host) {
    return new PushClient(host, "Authorization", basic(USER, password()));
  }

  /** Returns the container of a service. */
  String id(String service) {
    return compose
        .getContainerByServiceName(service + "_1")
        .map(ContainerState::getContainerId)
        .orElseThrow();
  }

  String node(int node) {
    return id("node-" + node);
  }

  /** Returns the network in which all of them are. */
  String networkName() throws Exception {
    return ContainerImage.docker()
        .print(
            "inspect",
            "--format",
            "{{range $name, $network := .NetworkSettings.Networks}}{{$name}}{{end}}",
            id("proxy"));
  }

  /** Waits until every node is ready, and HAProxy has noticed. */
  void awaitReady() throws Exception {
    for (int node : IntStream.rangeClosed(1, NODES).toArray()) {
      PushClient client = client(node);
      Eventually.happens("node " + node + " is ready", PATIENCE, () -> isReady(client));
    }
    PushClient client = client(host());
    Eventually.happens("HAProxy has a node", PATIENCE, () -> isReady(client));
  }

  private static boolean isReady(PushClient client) {
    try {
      return client.send("GET", "/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    compose.stop();
  }
}
