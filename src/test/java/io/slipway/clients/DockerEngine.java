package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;

/** Leads to the Docker engine that belongs to this run. */
final class DockerEngine {
  private DockerEngine() {}

  /** Returns a client that keeps its own files, and works, in a folder of the test's. */
  static Program client(Path folder) {
    String engine =
        Objects.requireNonNull(System.getenv("SLIPWAY_DOCKER_HOST"), "SLIPWAY_DOCKER_HOST");
    return Program.of("docker")
        .with("DOCKER_HOST", engine)
        .with("DOCKER_CONFIG", folder.resolve("client").toString())
        .with("DOCKER_BUILDKIT", "0")
        .in(folder);
  }

  /** Leaves the engine with no image, so that the next pull has to download every layer. */
  static void forgetEverything(Program docker) throws Exception {
    docker.print("image", "prune", "--all", "--force");
    assertThat(docker.print("images", "--all", "--quiet")).isEmpty();
  }
}
