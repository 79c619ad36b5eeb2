package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.slipway.testing.OneProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs services of {@code registry:2} with Docker Compose, with only the image's name changed. */
@OneProfile("of an image's settings for files")
class ComposeIT {
  /** How people write that service. */
  enum Service {
    USUAL(
        """
        version: "3"
        services:
          registry:
            image: registry:2
            restart: always
            ports:
              - "5000:5000"
            environment:
              REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: /var/lib/registry
              REGISTRY_STORAGE_DELETE_ENABLED: "true"
            volumes:
              - ./data:/var/lib/registry
        """),
    OTHER_FOLDER(
        """
        version: "3.3"
        services:
          registry:
            restart: unless-stopped
            image: registry:2
            ports: ["5000:5000"]
            environment:
              - REGISTRY_HTTP_ADDR=0.0.0.0:5000
              - REGISTRY_HTTP_SECRET=a-secret-of-several-servers
              - REGISTRY_LOG_LEVEL=info
              - REGISTRY_STORAGE=filesystem
              - REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/data
              - REGISTRY_STORAGE_DELETE_ENABLED=true
              - REGISTRY_HTTP_HEADERS_X-Content-Type-Options=[nosniff]
            volumes:
              - ./data:/data
        """),
    WITH_USERS(
        """
        version: "3"
        services:
          registry:
            image: registry:2
            ports:
              - "5000:5000"
            environment:
              REGISTRY_AUTH: htpasswd
              REGISTRY_AUTH_HTPASSWD_REALM: Registry Realm
              REGISTRY_AUTH_HTPASSWD_PATH: /auth/htpasswd
              REGISTRY_STORAGE_DELETE_ENABLED: "true"
            volumes:
              - ./data:/var/lib/registry
              - ./auth:/auth
        """);

    private final String yaml;

    Service(String yaml) {
      this.yaml = yaml;
    }
  }

  private static final String USER = "dev";
  private static final String PASSWORD = "open sesame";
  private static final String WHO = USER + ":" + PASSWORD;

  @TempDir static Path images;
  @TempDir Path folder;
  private static Program docker = Program.of();

  @BeforeAll
  static void builds() throws Exception {
    docker = ContainerImage.docker();
    ContainerImage.build(images);
    ContainerImage.tiny(images, "small");
  }

  private Program compose() {
    return Program.of("docker-compose", "--project-name", "slipway")
        .with("DOCKER_HOST", ContainerImage.engine())
        .in(folder);
  }

  @AfterEach
  void leavesNothing() throws Exception {
    compose().print("down", "--volumes");
  }

  @ParameterizedTest
  @EnumSource
  void worksWithOnlyTheImageChanged(Service service) throws Exception {
    // The port of this machine changes too: tests take a free one.
    Files.writeString(
        folder.resolve("docker-compose.yml"),
        service.yaml.replace("registry:2", ContainerImage.NAME).replace("5000:", "127.0.0.1::"));
    Path users = Files.createDirectory(folder.resolve("auth")).resolve("htpasswd");
    String hash = BCrypt.withDefaults().hashToString(5, PASSWORD.toCharArray());
    Files.writeString(users, USER + ":" + hash + "\n");
    compose().print("up", "-d");
    Program docker = ComposeIT.docker.with("DOCKER_CONFIG", folder.resolve("client").toString());
    String image = host() + "/team/small:v1";
    docker.print("tag", "small:local", image);
    if (service == Service.WITH_USERS) {
      assertThat(docker.fail("push", image)).contains("no basic auth credentials");
      docker.print("login", "-u", USER, "-p", PASSWORD, host());
    }
    docker.print("push", image);
    assertThat(folder.resolve("data/registry.db")).exists();

    compose().print("stop");
    compose().print("start");
    image = host() + "/team/small:v1";
    if (service == Service.WITH_USERS) {
      // It has another port of this machine now.
      docker.print("login", "-u", USER, "-p", PASSWORD, host());
    }
    docker.print("pull", image);
    assertThat(id(image)).isEqualTo(id("small:local"));

    String named = docker.print("inspect", "--format", "{{index .RepoDigests 0}}", image);
    String digest = named.substring(named.indexOf('@') + 1);
    String manifest = "http://" + host() + "/v2/team/small/manifests/" + digest;
    assertThat(
            Program.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", WHO)
                .print("-X", "DELETE", manifest))
        .isEqualTo("202");
    assertThat(docker.run("pull", image).output()).contains("not found");
    stops();
  }

  private void stops() throws Exception {
    compose().print("stop");
    assertThat(docker.print("inspect", "--format", "{{.State.ExitCode}}", container()))
        .isEqualTo("0");
    assertThat(compose().print("logs", "--no-color")).contains("Slipway has stopped");
  }

  private String container() throws Exception {
    return compose().print("ps", "-q");
  }

  private static String id(String image) throws Exception {
    return docker.print("image", "inspect", "--format", "{{.Id}}", image);
  }

  /** Waits until the service answers; returns what stands before a repository's name. */
  private String host() throws Exception {
    String address = compose().print("port", "registry", "5000");
    String host = "localhost" + address.substring(address.lastIndexOf(':'));
    Program.of("curl", "-sf", "--retry", "60", "--retry-delay", "1", "--retry-all-errors")
        .then("-u", WHO)
        .print("http://" + host + "/v2/");
    return host;
  }
}
