package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Podman or Buildah with a storage of the test's own, in a folder of the test's. */
final class ContainerTool {
  /** The folders that both tools write to whatever their options say are other folders for them. */
  private static final String APART =
      "mount --bind lib /var/lib && mount --bind run /run && exec \"$@\"";

  /** Neither tool runs anything here; Podman wants to know a runtime all the same. */
  private static final String CONFIGURATION =
      """
      [engine]
      lock_type = "file"
      events_logger = "none"
      cgroup_manager = "cgroupfs"
      runtime = "runc"
      [network]
      network_config_dir = "%s"
      """;

  private final Path folder;
  private final Program program;

  ContainerTool(String name, Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(folder.resolve("lib"));
    Files.createDirectory(folder.resolve("run"));
    Path configuration = folder.resolve("containers.conf");
    Files.writeString(configuration, CONFIGURATION.formatted(folder.resolve("networks")));
    // The driver that copies files, because overlay mounts are not to be had everywhere.
    this.program =
        Program.of("unshare", "--mount", "sh", "-c", APART, "sh", name, "--storage-driver", "vfs")
            .then("--root", folder.resolve("storage").toString())
            .then("--runroot", folder.resolve("state").toString())
            .with("CONTAINERS_CONF", configuration.toString())
            .with("TMPDIR", folder.toString())
            .in(folder);
  }

  String print(String... arguments) throws Exception {
    return program.print(arguments);
  }

  String fail(String... arguments) throws Exception {
    return program.fail(arguments);
  }

  /** Leaves no image, so that the next pull has to download every layer. */
  void forgetEverything() throws Exception {
    print("rmi", "--all", "--force");
    assertThat(print("images", "--all", "--quiet")).isEmpty();
  }

  void push(String image) throws Exception {
    print("push", "--tls-verify=false", image, "docker://" + image);
  }

  /** Returns the digests of an image's configuration and of its layers before compression. */
  Collection<String> contents(String image) throws Exception {
    Path archive = folder.resolve("saved.tar");
    Files.deleteIfExists(archive);
    print("push", image, "docker-archive:" + archive);
    return Contents.digestsIn(archive).values();
  }
}
