package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.OneProfile;
import io.slipway.testing.WireConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the judges of hostile input to what they should find, in servers that do it wrong. */
@OneProfile("of what judges other tests")
class HostileClientIT {
  private static final HostileCase ANY = HostileCase.parse("ASK GET / HTTP/1.1\\r\\n\\r\\n");
  private static final Duration SOON = Duration.ofMillis(300);
  private static final int LEFT_OPEN = 200;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 500 x~~                            | the server failed",
        "HTTP/1.1 200 x~~HTTP/1.1 501 x~~            | the server failed",
        "HTTP/-1.1 400 x~~                           | does not speak HTTP",
        "HTTP/1.1 200 x~Content-Length: 9~~abc       | does not speak HTTP",
        "HTTP/1.1 200 x~X y~~                        | does not speak HTTP",
        "HTTP/1.1 200 x~Transfer-Encoding: chunked~~z| does not speak HTTP"
      })
  void findsWhatIsWrong(String answer, String finding) throws IOException {
    assertThatThrownBy(() -> send(answer, false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(finding);
  }

  @Test
  void findsAConnectionThatHangs() {
    assertThatThrownBy(() -> send("HTTP/1.1 200 x~~", true)).hasMessageContaining("hangs");
  }

  @Test
  void findsNothingElse() throws IOException {
    assertThat(send("HTTP/1.1 404 x~Content-Length: 3~~abc", false).answers())
        .containsExactly(new WireAnswers.Answer(404, List.of("content-length:3"), "abc"));
  }

  private static HostileClient.Outcome send(String answer, boolean hang) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, answer.replace("~", "\r\n"), hang));
      return new HostileClient(server.getLocalPort(), SOON).send(ANY, "");
    }
  }

  private static void answer(ServerSocket server, String answer, boolean hang) {
    try (Socket socket = server.accept()) {
      byte[] asked = new byte[ANY.bytes("").length];
      socket.getInputStream().readNBytes(asked, 0, asked.length);
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
      // Until the client has given up.
      boolean told = hang && socket.getInputStream().read() < 0;
      assertThat(told).isEqualTo(hang);
    } catch (IOException ignored) {
      // The client is the one that judges.
    }
  }

  @Test
  void findsWhatGrows(@TempDir Path data) {
    try (HostileRegistry registry =
        HostileRegistry.start(data, Map.of("http.idle_timeout", "60s"))) {
      FuzzContent.push(registry.child().client());
      Footprint before = registry.quiet();
      List<WireConnection> open = new ArrayList<>();
      for (int i = 0; i < LEFT_OPEN; i++) {
        open.add(WireConnection.open(registry.port()).head("GET", "/v2/"));
        assertThat(open.getLast().read().status()).isEqualTo(200);
      }
      // Less the connection that pushed, which its client gives up after half a minute.
      assertThatThrownBy(() -> registry.requireUnharmed(before))
          .hasMessageFindingMatch("file descriptors by (199|200),");
      open.forEach(WireConnection::close);
    }
    Footprint before = new Footprint(1000, 1000, 10, 10);
    Footprint allowed = new Footprint(10, 10, 1, 1);
    assertThat(new Footprint(1011, 1011, 12, 12).grownSince(before, allowed)).hasSize(4);
    assertThat(new Footprint(1010, 1010, 11, 11).grownSince(before, allowed)).isEmpty();
  }
}
