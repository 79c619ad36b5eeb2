package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A shell that knows one more program and a registry of its own, and sees who wants to leave the
 * machine: every proxy it names is a trap.
 */
final class OfflineShell implements AutoCloseable {
  private final LaunchedRegistry registry;
  private final ServerSocket outside;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Program bash;

  private OfflineShell(Path program, Path folder) throws IOException {
    outside = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::listen);
    registry = LaunchedRegistry.start(Files.createDirectory(folder.resolve("data")), Map.of());
    String proxy = "http://127.0.0.1:" + outside.getLocalPort();
    String path = program.getParent() + ":" + System.getenv("PATH");
    bash =
        Program.bash()
            .in(Files.createDirectory(folder.resolve("work")))
            .with("HOME", Files.createDirectory(folder.resolve("home")).toString())
            .with("PATH", path)
            .with("HTTP_PROXY", proxy)
            .with("HTTPS_PROXY", proxy)
            .with("registry", registry.host());
  }

  /** Starts a registry for a program whose path an environment variable has. */
  static OfflineShell of(String variable, Path folder) throws IOException {
    String program = Objects.requireNonNull(System.getenv(variable), variable);
    return new OfflineShell(Path.of(program), folder);
  }

  private void listen() {
    while (!outside.isClosed()) {
      try (Socket caller = outside.accept();
          BufferedReader request =
              new BufferedReader(new InputStreamReader(caller.getInputStream(), UTF_8))) {
        asked.add(request.readLine());
      } catch (IOException e) {
        // The end of the test closes the socket; a caller that hangs up has nothing to say.
      }
    }
  }

  /** Returns the folder in which scripts run. */
  Path folder() {
    return bash.folder();
  }

  LaunchedRegistry registry() {
    return registry;
  }

  /** Runs a script to a good end and returns what it printed. */
  String print(String script) throws IOException, InterruptedException {
    return bash.print(script);
  }

  /** Runs a script to a bad end and returns what it printed. */
  String fail(String script) throws IOException, InterruptedException {
    return bash.fail(script);
  }

  /**
   * Runs commands while one byte of a blob is another one, each to a bad end, and returns what they
   * printed: {@link LaunchedRegistry#whileDamaged}.
   */
  Map<String, String> failWhileDamaged(String digest, String... commands) throws Exception {
    return registry.whileDamaged(
        digest,
        () -> {
          Map<String, String> printed = new LinkedHashMap<>();
          for (String command : commands) {
            printed.put(command, fail(command));
          }
          return printed;
        });
  }

  /** Returns the manifest that a name such as {@code team/app:v1} has in the registry. */
  JsonObject manifest(String image) throws IOException, InterruptedException {
    int tag = image.lastIndexOf(':');
    String path = "/v2/" + image.substring(0, tag) + "/manifests/" + image.substring(tag + 1);
    return new JsonObject(print("curl -sf " + registry.url(path)));
  }

  /** Returns the digest of the only layer of an image. */
  String layer(String image) throws IOException, InterruptedException {
    List<?> layers = manifest(image).getJsonArray("layers").getList();
    assertThat(layers).hasSize(1);
    return manifest(image).getJsonArray("layers").getJsonObject(0).getString("digest");
  }

  /** Ends the registry; fails when anything wanted to leave the machine. */
  @Override
  public void close() throws IOException {
    registry.close();
    outside.close();
    assertThat(asked).isEmpty();
  }
}
