package io.slipway.clients;

import io.slipway.testing.RedisServer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Images of programs of this machine, which stand in for those that people take. */
enum LocalImage {
  JAVA,
  POSTGRES,
  HAPROXY,
  MINIO,
  REDIS,
  ENGINE;

  /** Returns the name that the image has at the engine of this run. */
  String tag() {
    return kind() + ":local";
  }

  private String kind() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Makes the image if it is not there; the folder is for what lies around meanwhile. */
  void make(Path folder) throws Exception {
    Program docker = ContainerImage.docker();
    if (docker.run("image", "inspect", tag()).code() == 0) {
      return;
    }
    Program script = Program.of("bash", script()).with("DOCKER_HOST", ContainerImage.engine());
    switch (this) {
      case JAVA -> script = script.with("JDK", System.getProperty("java.home"));
      case MINIO -> script = script.with("SLIPWAY_MINIO", minio());
      case REDIS -> script = script.with("REDIS_SERVER", RedisServer.program().toString());
      case POSTGRES, HAPROXY, ENGINE -> {}
    }
    script.print(kind(), tag(), folder.toString());
  }

  private static String script() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(LocalImage.class.getResource("/images/make")).toURI())
        .toString();
  }

  private static String minio() {
    return Objects.requireNonNull(System.getenv("SLIPWAY_MINIO"), "SLIPWAY_MINIO");
  }
}
