package io.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command asks a server, and makes of its answers. */
class GcCommandTest {
  private static final String RESULT = "{\"deletedLayers\":5,\"reclaimedBytes\":1048576}";

  /** An answer of the server's. */
  private record Answer(int status, String location, String body) {}

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> requests = new ArrayList<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    Answer answer = answers.remove();
    if (!answer.location().isEmpty()) {
      exchange.getResponseHeaders().add("Location", answer.location());
    }
    byte[] body = answer.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int gc(String... arguments) {
    List<String> all = new ArrayList<>(List.of("gc", "--server", url()));
    all.addAll(List.of(arguments));
    CommandLine registry = Main.commandLine();
    registry.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return registry.execute(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "'', dry_run=true&verbose=false, 'Would delete 5 unreferenced blobs (1.0 MB)\nnothing was"
        + " deleted: use --delete\n'",
    "--dry-run, dry_run=true&verbose=false, 'Would delete 5 unreferenced blobs (1.0 MB)\n'",
    "--delete, dry_run=false&verbose=false, 'Deleted 5 blobs, reclaimed 1.0 MB\n'",
    "--delete --grace 1h30m, dry_run=false&verbose=false&grace=1h30m, 'Deleted 5 blobs, reclaimed"
        + " 1.0 MB\n'",
    "--dry-run --grace 0s, dry_run=true&verbose=false&grace=0s, 'Would delete 5 unreferenced blobs"
        + " (1.0 MB)\n'",
  })
  void asksAndTells(String arguments, String query, String expected) {
    answers.add(new Answer(200, "", RESULT));
    assertThat(gc(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isZero();
    assertThat(out.toString()).isEqualTo(expected);
    assertThat(requests).containsExactly("POST /_gc?" + query + "&wait=0s");
  }

  @Test
  void namesEachBlob() {
    answers.add(
        new Answer(
            200,
            "",
            "{\"deletedLayers\":1,\"reclaimedBytes\":7,\"details\":[{\"digest\":\"sha256:a\","
                + "\"size\":7,\"reason\":\"no manifest names it\"}]}"));
    assertThat(gc("--delete", "--verbose")).isZero();
    assertThat(out.toString())
        .isEqualTo("sha256:a (7 B): no manifest names it\nDeleted 1 blob, reclaimed 7 B\n");
    assertThat(requests).containsExactly("POST /_gc?dry_run=false&verbose=true&wait=0s");
  }

  @Test
  void waitsForARunThatTakesLong() {
    answers.add(new Answer(202, "https://public.example/prefix/_gc/runs/r1", "{}"));
    answers.add(new Answer(200, "", "{\"id\":\"r1\",\"status\":\"running\"}"));
    answers.add(
        new Answer(
            200,
            "",
            "{\"id\":\"r1\",\"status\":\"completed\",\"deletedLayers\":2,\"reclaimedBytes\":10}"));
    assertThat(gc("--delete")).isZero();
    assertThat(out.toString()).isEqualTo("Deleted 2 blobs, reclaimed 10 B\n");
    assertThat(requests)
        .containsExactly(
            "POST /_gc?dry_run=false&verbose=false&wait=0s",
            "GET /_gc/runs/r1",
            "GET /_gc/runs/r1");
  }

  @Test
  void tellsOfARunThatFailed() {
    answers.add(new Answer(202, "/_gc/runs/r1", "{}"));
    answers.add(new Answer(200, "", "{\"status\":\"failed\",\"error\":\"the disk is full\"}"));
    assertThat(gc("--delete")).isEqualTo(1);
    assertThat(err.toString()).endsWith("but it failed: the disk is full\n");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "401, '{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}',"
        + " 401: authentication required",
    "403, '{\"detail\":\"Admin role required\"}', 403: Admin role required",
    "404, 'no json', 404",
    "503, '', 503",
    "302, '', 302",
  })
  void failsWithTheReasonOfARefusal(int status, String body, String reason) {
    answers.add(new Answer(status, "", body));
    assertThat(gc("--delete")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "registry: tried to have the registry at "
                + url()
                + " collect its garbage but it answered "
                + reason
                + "\n");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<html>", "{\"deletedLayers\":1}"})
  void failsOnAnAnswerThatIsNone(String body) {
    answers.add(new Answer(200, "", body));
    assertThat(gc("--delete")).isEqualTo(1);
    assertThat(err.toString()).endsWith("but what it answered is no result of a collection\n");
  }

  @Test
  void failsWhenNobodyAnswers() {
    server.stop(0);
    assertThat(gc("--delete")).isEqualTo(1);
    assertThat(err.toString()).contains(url()).endsWith("Connection refused\n");
  }

  @Test
  void refusesWrongUsage() {
    assertThat(gc("--delete", "--dry-run")).isEqualTo(2);
    assertThat(gc("--grace", "soon")).isEqualTo(2);
    assertThat(err.toString()).contains("mutually exclusive", "--grace is soon but expected");
    assertThat(requests).isEmpty();
  }
}
