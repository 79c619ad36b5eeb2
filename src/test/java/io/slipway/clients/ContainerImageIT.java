package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.Program.Outcome;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds the image of the Dockerfile and runs it as its users do. */
@OneProfile("of the image with its data in a volume")
class ContainerImageIT {
  private static final String NAME = "slipway-test";
  private static final String NETWORK = "slipway-test";
  private static final String VOLUME = "slipway-test";
  private static final String USER = "10001";

  @TempDir static Path folder;
  private static Program docker = Program.of();

  @BeforeAll
  static void builds() throws Exception {
    docker = ContainerImage.docker();
    ContainerImage.build(folder);
    ContainerImage.tiny(folder, "tiny");
    // The engine of this run has no network of its own.
    docker.print("network", "create", NETWORK);
  }

  @AfterAll
  static void leavesNothing() throws Exception {
    docker.print("network", "rm", NETWORK);
  }

  @BeforeEach
  void makesAVolume() throws Exception {
    docker.print("volume", "create", VOLUME);
  }

  @AfterEach
  void removesContainerAndVolume() throws Exception {
    docker.run("rm", "--force", "--volumes", NAME);
    docker.print("volume", "rm", VOLUME);
  }

  /** Runs the image with its data in the volume, on a free port; returns where it listens. */
  private static String run(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("run", "-d", "--name", NAME));
    arguments.addAll(List.of("--network", NETWORK, "-p", "127.0.0.1::5000"));
    arguments.addAll(List.of("-v", VOLUME + ":/var/lib/registry", "--health-interval", "1s"));
    arguments.addAll(Arrays.asList(options));
    arguments.add(ContainerImage.NAME);
    docker.print(arguments.toArray(String[]::new));
    ContainerImage.awaitOutput("Slipway listens on", docker, "logs", "--follow", NAME);
    String address = docker.print("port", NAME, "5000");
    return "localhost" + address.substring(address.lastIndexOf(':'));
  }

  private static void push(String host) throws Exception {
    docker.print("tag", "tiny:local", host + "/team/tiny");
    docker.print("push", host + "/team/tiny");
  }

  private static void pull(String host) throws Exception {
    String id = docker.print("image", "inspect", "--format", "{{.Id}}", "tiny:local");
    docker.run("rmi", host + "/team/tiny");
    docker.print("pull", host + "/team/tiny");
    assertThat(docker.print("image", "inspect", "--format", "{{.Id}}", host + "/team/tiny"))
        .isEqualTo(id);
  }

  private static void stop() throws Exception {
    long begin = System.nanoTime();
    docker.print("stop", "--time", "60", NAME);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(docker.print("inspect", "--format", "{{.State.ExitCode}}", NAME)).isEqualTo("0");
    assertThat(docker.print("logs", NAME)).contains("Slipway has stopped");
  }

  @Test
  void keepsWhatWasPushedForTheNextContainer() throws Exception {
    String host = run();
    push(host);
    pull(host);
    stop();
    docker.print("rm", NAME);
    pull(run());
  }

  @Test
  void tellsTheEngineItsHealth() throws Exception {
    run();
    ContainerImage.awaitOutput(
        "health_status: healthy",
        docker,
        "events",
        "--since",
        "0",
        "--filter",
        "container=" + NAME);
    assertThat(docker.print("inspect", "--format", "{{.Config.Healthcheck.Test}}", NAME))
        .isEqualTo("[CMD registry health]");
    assertThat(docker.print("exec", NAME, "registry", "health")).isEqualTo("healthy");
    // Nobody listens there: the check can fail.
    Outcome other = docker.run("exec", "-e", "PORT=1", NAME, "registry", "health");
    assertThat(other.code()).as(other.output()).isEqualTo(1);
  }

  @Test
  void isAJvmWithoutPrivileges() throws Exception {
    run();
    assertThat(docker.print("exec", NAME, "cat", "/proc/1/status"))
        .containsPattern("Name:\\s+java")
        .containsPattern("Uid:\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "\\s+" + USER)
        .containsPattern("Gid:\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "\\s+" + USER)
        .containsPattern("CapEff:\\s+0+\n")
        .containsPattern("CapPrm:\\s+0+\n");
    assertThat(docker.print("exec", NAME, "stat", "-c", "%u", "/var/lib/registry/registry.db"))
        .isEqualTo(USER);
  }

  @Test
  void runsAsAUserThatIsNotRootFromTheBeginning() throws Exception {
    String host = run("--user", USER + ":" + USER, "--cap-drop", "ALL");
    push(host);
    pull(host);
    stop();
  }

  @Test
  void runsOnAReadOnlyDisk() throws Exception {
    String host = run("--read-only", "--tmpfs", "/tmp:exec");
    push(host);
    pull(host);
    stop();
  }

  @Test
  void hasAStartCacheThatFits() throws Exception {
    run("-e", "SLIPWAY_JAVA_OPTS=-XX:AOTMode=on");
    stop();
  }

  @Test
  void takesACommand() throws Exception {
    assertThat(docker.print("run", "--rm", "--network", "none", ContainerImage.NAME, "--version"))
        .startsWith("Slipway ");
    Outcome wrong = docker.run("run", "--rm", "--network", "none", ContainerImage.NAME, "no");
    assertThat(wrong.code()).as(wrong.output()).isEqualTo(2);
  }

  /** Without a word about where the server keeps its data, or what it was configured with. */
  @Test
  void runsCommandsBesideTheServer() throws Exception {
    String host = run("-e", "REGISTRY_AUTH_MODE=basic", "-e", "REGISTRY_AUTH_ADMIN_PASSWORD=open");
    Program inside = docker.then("exec", NAME, "registry");
    assertThat(inside.print("user", "list")).containsPattern("admin\\s+admin");
    String key = inside.print("robot", "add", "ci");
    inside.print("policy", "set", "team/**", "ci", "pull,push");
    assertThat(curl("-u", "ci:" + key, host)).isEqualTo("200");
    assertThat(curl("-u", "ci:wrong", host)).isEqualTo("401");
    assertThat(inside.print("gc", "--delete")).isEqualTo("Deleted 0 blobs, reclaimed 0 B");
    assertThat(inside.run("audit").code()).isZero();
  }

  private static String curl(String option, String value, String host) throws Exception {
    return Program.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}")
        .print(option, value, "http://" + host + "/v2/");
  }

  /** Whoever names a file of his own makes his own choice who may come in. */
  @Test
  void startsFromAnotherFile() throws Exception {
    Outcome open =
        docker.run(
            "run",
            "--rm",
            "--network",
            "none",
            "-e",
            "REGISTRY_HTTP_HOST=0.0.0.0",
            ContainerImage.NAME,
            "serve",
            "--config=/dev/null");
    assertThat(open.output()).contains("auth.mode");
    assertThat(open.code()).isEqualTo(2);
  }
}
