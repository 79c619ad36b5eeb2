package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A containerd with everything it writes in a folder of the test's. */
final class Containerd implements AutoCloseable {
  private static final long SECONDS = 30;

  /** What makes containers for Kubernetes is left out: it wants a network. */
  private static final String CONFIGURATION =
      """
      version = 2
      root = "FOLDER/root"
      state = "FOLDER/state"
      disabled_plugins = ["io.containerd.grpc.v1.cri"]
      [grpc]
      address = "FOLDER/socket"
      [ttrpc]
      address = "FOLDER/ttrpc"
      [plugins."io.containerd.internal.v1.opt"]
      path = "FOLDER/opt"
      """;

  private final Path folder;
  private final Process process;
  private final Program ctr;

  private Containerd(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
    this.ctr = Program.of("ctr", "--address", folder.resolve("socket").toString()).in(folder);
  }

  static Containerd start(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.toml"), CONFIGURATION.replace("FOLDER", folder.toString()));
    Process process =
        Program.bash().in(folder).start("exec containerd --config config.toml >log 2>&1");
    Containerd started = new Containerd(folder, process);
    Eventually.happens("containerd answers or ends", started::answersOrEnded);
    assertThat(process.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
    return started;
  }

  private boolean answersOrEnded() {
    try {
      return !process.isAlive() || ctr.run("version").code() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Program ctr() {
    return ctr;
  }

  /** Leaves no image, so that the next pull has to download every layer. */
  void forgetEverything() throws Exception {
    String images = ctr.print("images", "ls", "-q");
    if (!images.isEmpty()) {
      ctr.then("images", "rm", "--sync").print(images.split("\n", -1));
    }
    assertThat(ctr.print("content", "ls", "-q")).isEmpty();
  }

  /** Returns the digests of what an image is made of, by its path in an exported archive. */
  Map<String, String> contents(String image, String... options) throws Exception {
    Path archive = folder.resolve("exported.tar");
    ctr.then("images", "export").then(options).print(archive.toString(), image);
    return Contents.digestsIn(archive);
  }

  /** Ends it; fails when it did not end well. */
  @Override
  public void close() {
    Program.end(process, SECONDS);
  }
}
