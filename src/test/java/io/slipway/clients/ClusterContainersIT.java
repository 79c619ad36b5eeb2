package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs a cluster in containers as its compose file says, and lets one of its nodes die. */
@OneProfile("its nodes are on stores of a cluster of its own")
@Timeout(300)
class ClusterContainersIT {
  private static final byte[] BLOB = PushClient.bytes(90, 12_000_000);
  private static final String PROXY = "proxy:5000";
  private static final Digest DIGEST = PushClient.digest(BLOB);

  @TempDir static Path folder;
  private static ClusterContainers cluster;
  private static Program docker = Program.of();
  private static Program crane = Program.of();

  @BeforeAll
  @Timeout(900)
  static void starts() throws Exception {
    docker = DockerEngine.client(folder);
    crane =
        Program.of(Objects.requireNonNull(System.getenv("SLIPWAY_CRANE"), "SLIPWAY_CRANE"))
            .with("DOCKER_CONFIG", folder.resolve("client").toString());
    cluster = ClusterContainers.start(folder);
    LocalImage.ENGINE.make(folder);
    ContainerImage.tiny(folder, "little");
  }

  /** Each time: HAProxy has another port of this machine when it was started again. */
  @BeforeEach
  void signsIn() throws Exception {
    signIn(docker, cluster.host());
  }

  private static void signIn(Program client, String host) throws Exception {
    client.print("login", "-u", ClusterContainers.USER, "-p", cluster.password(), host);
  }

  @AfterAll
  static void ends() throws Exception {
    cluster.close();
    assertThat(docker.print("ps", "--all", "--quiet")).as("containers").isEmpty();
    assertThat(docker.print("volume", "ls", "--quiet")).as("volumes").isEmpty();
  }

  private static String push(String name) throws Exception {
    docker.print("tag", "little:local", cluster.host() + "/" + name);
    docker.print("push", cluster.host() + "/" + name);
    return digest(name);
  }

  private static String digest(String name) throws Exception {
    return crane.print("digest", "--insecure", cluster.host() + "/" + name);
  }

  private static void pull(String name) throws Exception {
    String image = cluster.host() + "/" + name;
    String id = docker.print("image", "inspect", "--format", "{{.Id}}", "little:local");
    docker.run("rmi", image);
    docker.print("pull", image);
    assertThat(docker.print("image", "inspect", "--format", "{{.Id}}", image)).isEqualTo(id);
  }

  /**
   * Before HAProxy has noticed that a node died it may send it a POST for a token, which it does
   * not repeat; and when it notices it ends what it has sent there: the client asks once more.
   */
  private static void atMostTwice(String command, String name) throws Exception {
    String image = cluster.host() + "/" + name;
    if (docker.run(command, image).code() != 0) {
      docker.print(command, image);
    }
  }

  private static byte[] part(int from, int to) {
    return Arrays.copyOfRange(BLOB, from, to);
  }

  @Test
  void goesOnWithoutTheNodeThatDied() throws Exception {
    String digest = push("team/app:v1");
    pull("team/app:v1");
    String session = cluster.client(1).start("team/app");
    int third = BLOB.length / 3;
    assertThat(cluster.client(1).patch(session, 0, part(0, third)).statusCode()).isEqualTo(202);

    docker.print("kill", cluster.node(1));
    try {
      goOn(session, digest);
    } finally {
      docker.print("start", cluster.node(1));
      cluster.awaitReady();
    }
    assertThat(cluster.client(1).blob("team/app", DIGEST).body()).isEqualTo(BLOB);
  }

  private static void goOn(String session, String digest) throws Exception {
    int third = BLOB.length / 3;
    assertThat(cluster.client(2).received(session)).isEqualTo(third);
    int more = 2 * third;
    assertThat(cluster.client(2).patch(session, third, part(third, more)).statusCode())
        .isEqualTo(202);
    byte[] rest = part(more, BLOB.length);
    assertThat(cluster.client(3).finish(session, DIGEST, rest).statusCode()).isEqualTo(201);
    assertThat(cluster.client(cluster.host()).blob("team/app", DIGEST).body()).isEqualTo(BLOB);

    docker.run("rmi", cluster.host() + "/team/app:v1");
    atMostTwice("pull", "team/app:v1");
    docker.print("tag", "little:local", cluster.host() + "/team/app:v2");
    atMostTwice("push", "team/app:v2");
    assertThat(digest("team/app:v2")).isEqualTo(digest);
    crane.print(
        "copy", "--insecure", cluster.host() + "/team/app:v2", cluster.host() + "/team/copy:v1");
    assertThat(digest("team/copy:v1")).isEqualTo(digest);
    pull("team/copy:v1");
  }

  /** Each has told the two others by the addresses of the file, with the certificates it made. */
  @Test
  void knowsAllItsNodes() throws Exception {
    for (int node = 1; node <= ClusterContainers.NODES; node++) {
      ContainerImage.awaitOutput("Members {size:3", docker, "logs", "--follow", cluster.node(node));
    }
  }

  @Test
  void servesHttpsWithACertificate() throws Exception {
    Program.bash()
        .in(folder)
        .print(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
              -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem 2>openssl.log
            cat certificate.pem key.pem >registry.pem
            """);
    cluster.prepare(Map.of("CLUSTER_CERT", folder.resolve("registry.pem").toString()));
    docker.print("restart", cluster.id("proxy"));
    try {
      String base = "https://" + cluster.host();
      Program curl =
          Program.of("curl", "-sS", "--cacert", folder.resolve("certificate.pem").toString());
      Eventually.happens("HAProxy has a node", () -> run(curl, "-f", base + "/readyz"));
      assertThat(curl.print("-D", "-", "-o", "/dev/null", base + "/v2/"))
          .contains("HTTP/2 401", "realm=\"" + base + "/token\"");
      signsIn();
      push("team/tls:v1");
      pull("team/tls:v1");
    } finally {
      cluster.prepare(Map.of());
      docker.print("restart", cluster.id("proxy"));
      cluster.awaitReady();
    }
  }

  private static boolean run(Program program, String... arguments) {
    try {
      return program.run(arguments).code() == 0;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void servesAnEngineInAContainer() throws Exception {
    String digest = push("team/engine:v1");
    docker.print("image", "rm", cluster.host() + "/team/engine:v1");
    docker.print(
        "build",
        "--network",
        "none",
        "--build-arg",
        "BASE_IMAGE=" + LocalImage.ENGINE.tag(),
        "--build-arg",
        "REGISTRY=" + PROXY,
        "-t",
        "engine:built",
        "cluster/engine");
    try {
      docker.print(
          "run",
          "-d",
          "--name",
          "engine",
          "--network",
          cluster.networkName(),
          // What of --privileged images need: where tests run in a container not all can be given.
          "--cap-add",
          "SYS_ADMIN",
          "--security-opt",
          "seccomp=unconfined",
          "engine:built");
      Program inside = docker.then("exec", "engine", "docker");
      Eventually.happens("the engine answers", () -> run(inside, "version"));
      assertThat(inside.print("info")).containsPattern("Insecure Registries:\\s+" + PROXY);
      signIn(inside, PROXY);
      assertThat(inside.print("pull", PROXY + "/team/engine:v1")).contains(digest);
      inside.print("tag", PROXY + "/team/engine:v1", PROXY + "/team/pushed:v1");
      inside.print("push", PROXY + "/team/pushed:v1");
    } finally {
      docker.run("rm", "--force", "--volumes", "engine");
    }
    assertThat(digest("team/pushed:v1")).isEqualTo(digest);
  }
}
