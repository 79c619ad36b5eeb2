package io.slipway.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.cli.JarProcess.Outcome;
import io.slipway.testing.OneProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a server process, from its first line to its exit code. */
@OneProfile("starts the packaged jar as it is, with nothing configured")
class ServeIT {
  @TempDir Path data;

  @Test
  void servesUntilItIsToldToStop() throws Exception {
    try (JarProcess registry = serve()) {
      int port = registry.port();
      String url = "http://127.0.0.1:" + port + "/api/v1/registry/health";
      assertThat(run("health", "--url", url)).isEqualTo(new Outcome(0, "healthy\n"));
      registry.terminate();
      Outcome outcome = registry.outcome();
      assertThat(outcome.output()).contains("Slipway stops", "Slipway has stopped");
      assertThat(outcome.code()).isZero();
      assertThat(run("health", "--url", url).code()).isEqualTo(1);
    }
  }

  @Test
  void finishesTheRequestsThatRun() throws Exception {
    try (JarProcess registry = serve();
        Socket client = connect(registry.port())) {
      sendHalf(client);
      registry.terminate();
      awaitRefusal(client.getPort());
      send(client, "def");
      assertThat(head(client)).startsWith("HTTP/1.1 202 ").contains("Range: 0-5\n");
      Outcome outcome = registry.outcome();
      assertThat(outcome.output()).contains("Slipway has stopped");
      assertThat(outcome.code()).isZero();
    }
  }

  @Test
  void endsAtOnceWhenItIsToldTwice() throws Exception {
    try (JarProcess registry = serve();
        Socket client = connect(registry.port())) {
      sendHalf(client);
      registry.terminate();
      awaitRefusal(client.getPort());
      registry.terminate();
      assertThat(registry.outcome().code()).isEqualTo(130);
    }
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (JarProcess registry = serve()) {
      String port = Integer.toString(registry.port());
      Outcome outcome = run("serve", "--port", port, "--data", data.resolve("other").toString());
      assertThat(outcome.output()).contains("127.0.0.1:" + port, "in use").doesNotContain("\tat ");
      assertThat(outcome.code()).isEqualTo(1);
    }
  }

  @Test
  void refusesAConfigurationThatIsWrong() throws Exception {
    Outcome outcome = run("serve", "--host", "0.0.0.0", "--port", "x");
    assertThat(outcome.output())
        .startsWith("The configuration has ")
        .contains("http.port: \"x\" but expected a whole number (from the flag --port)");
    assertThat(outcome.code()).isEqualTo(2);
  }

  private JarProcess serve() throws IOException {
    return JarProcess.start("serve", "--port", "0", "--data", data.resolve("data").toString());
  }

  private static Outcome run(String... arguments) throws Exception {
    try (JarProcess registry = JarProcess.start(arguments)) {
      return registry.outcome();
    }
  }

  /** Sends half of an upload's bytes; the server has begun with them when this returns. */
  private static void sendHalf(Socket client) throws IOException {
    send(
        client,
        "PATCH "
            + startUpload(client)
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
    assertThat(head(client)).startsWith("HTTP/1.1 100 ");
    send(client, "abc");
  }

  private static String startUpload(Socket client) throws IOException {
    send(
        client,
        "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
    String location =
        head(client)
            .lines()
            .filter(line -> line.startsWith("Location: "))
            .findFirst()
            .orElseThrow()
            .substring("Location: ".length());
    return location.replaceFirst("^http://[^/]+", "");
  }

  /** Connects again and again until the port is closed, which the build's time limit bounds. */
  private static void awaitRefusal(int port) throws IOException {
    while (true) {
      try {
        connect(port).close();
      } catch (ConnectException e) {
        return;
      }
    }
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
  }

  /** Reads one answer's status line and headers. */
  private static String head(Socket client) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
    StringBuilder head = new StringBuilder();
    for (String line = reader.readLine();
        line != null && !line.isEmpty();
        line = reader.readLine()) {
      head.append(line).append('\n');
    }
    return head.toString();
  }
}
