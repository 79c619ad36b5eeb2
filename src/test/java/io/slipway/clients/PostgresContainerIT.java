package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static io.slipway.testing.PushClient.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Runs our image beside a PostgreSQL as people try it out: with Testcontainers. */
@OneProfile("of a PostgreSQL that the test has for itself")
class PostgresContainerIT {
  private static final String REPOSITORY = "team/app";
  private static final Duration START = Duration.ofSeconds(60);
  private static final byte[] CONFIG = PushClient.bytes(1, 1000);
  private static final byte[] LAYER = PushClient.bytes(2, 3_000_000);
  private static final byte[] MANIFEST = manifest(CONFIG, LAYER);

  @TempDir Path folder;

  @Test
  void keepsItsMetadataInThePostgresBesideIt() throws Exception {
    System.setProperty("DOCKER_HOST", ContainerImage.engine());
    ContainerImage.build(folder);
    LocalImage.POSTGRES.make(folder);
    List<String> images = images();
    try (Network network = Network.newNetwork();
        GenericContainer<?> postgres = postgres(network);
        GenericContainer<?> registry = registry(network)) {
      postgres.start();
      registry.start();
      PushClient client = new PushClient(registry.getMappedPort(5000));
      assertThat(client.pushBlob(REPOSITORY, CONFIG).statusCode()).isEqualTo(201);
      assertThat(client.pushBlob(REPOSITORY, LAYER).statusCode()).isEqualTo(201);
      assertThat(client.pushManifest(REPOSITORY, "v1", MANIFEST).statusCode()).isEqualTo(201);
      requireImage(client);

      var docker = DockerClientFactory.instance().client();
      docker.killContainerCmd(postgres.getContainerId()).exec();
      HttpResponse<byte[]> refused = client.send("GET", "/v2/" + REPOSITORY + "/manifests/v1");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(client.send("GET", "/readyz").statusCode()).isEqualTo(503);
      docker.startContainerCmd(postgres.getContainerId()).exec();
      Eventually.happens(
          "it is ready again", () -> client.send("GET", "/readyz").statusCode() == 200);
      requireImage(client);
      assertThat(client.pushManifest(REPOSITORY, "v2", MANIFEST).statusCode()).isEqualTo(201);
    }
    assertThat(images()).as("nothing was pulled").isEqualTo(images);
  }

  private static List<String> images() throws Exception {
    String printed = ContainerImage.docker().print("images", "--all", "--quiet", "--no-trunc");
    return printed.lines().sorted().toList();
  }

  private static GenericContainer<?> postgres(Network network) {
    return new GenericContainer<>(DockerImageName.parse(LocalImage.POSTGRES.tag()))
        .withNetwork(network)
        .withNetworkAliases("postgres")
        .waitingFor(
            Wait.forLogMessage(".*database system is ready to accept connections.*", 1)
                .withStartupTimeout(START));
  }

  private static GenericContainer<?> registry(Network network) {
    return new GenericContainer<>(DockerImageName.parse(ContainerImage.NAME))
        .withNetwork(network)
        .withExposedPorts(5000)
        .withEnv("REGISTRY_DATABASE_URL", "postgresql://postgres@postgres:5432/postgres")
        .waitingFor(Wait.forHttp("/readyz").forPort(5000).withStartupTimeout(START));
  }

  private static void requireImage(PushClient client) {
    assertThat(client.blob(REPOSITORY, digest(LAYER)).body()).isEqualTo(LAYER);
    assertThat(client.blob(REPOSITORY, digest(CONFIG)).body()).isEqualTo(CONFIG);
    assertThat(client.send("GET", "/v2/" + REPOSITORY + "/manifests/v1").body())
        .isEqualTo(MANIFEST);
  }
}
