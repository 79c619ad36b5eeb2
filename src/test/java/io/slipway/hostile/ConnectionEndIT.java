package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.ProcessFigures;
import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends connections in every way that is not the usual one. */
class ConnectionEndIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final int PULLS = LONG ? 5000 : 200;
  private static final int IDLE_MILLIS = 3000;

  /** What a busy machine may add, and what is less than twice the timeout. */
  private static final long SLACK_MILLIS = 2500;

  private static final String REPOSITORY = "team/app";
  private static final byte[] SMALL = PushClient.bytes(61, 100_000);
  private static final byte[] LARGE = PushClient.bytes(62, 24 << 20);
  private static final Digest LARGE_DIGEST = PushClient.digest(LARGE);
  private static final int SENT = 30_000;

  @TempDir static Path data;
  private static HostileRegistry registry;
  private static int idleFiles;

  @BeforeAll
  static void start() {
    registry =
        HostileRegistry.start(
            data, Map.of("http.idle_timeout", IDLE_MILLIS / 1000 + "s", "uploads.timeout", "20s"));
    FuzzContent.push(registry.client());
    assertThat(registry.client().pushBlob(REPOSITORY, LARGE).statusCode()).isEqualTo(201);
    idleFiles = ProcessFigures.files(registry.child().pid()) + 1;
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String blob() {
    return "/v2/" + REPOSITORY + "/blobs/" + LARGE_DIGEST.text();
  }

  private static String ask(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  @Test
  void waitsForNobodyLongerThanItSays() throws Exception {
    int port = registry.port();
    String session = registry.client().start(REPOSITORY);
    Map<String, StalledClient> stalled = new LinkedHashMap<>();
    stalled.put("connected", StalledClient.silent(port));
    stalled.put("answered", StalledClient.answered(port));
    stalled.put("http2", StalledClient.http2(port));
    stalled.put("in head", StalledClient.inHead(port));
    stalled.put("upload", StalledClient.writer(port, "PATCH " + session, SMALL, SENT));
    stalled.put(
        "manifest", StalledClient.writer(port, "PUT /v2/team/app/manifests/x", SMALL, SENT));
    long start = System.nanoTime();
    for (Map.Entry<String, StalledClient> client : stalled.entrySet()) {
      client.getValue().awaitEnd();
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.printf("%s: closed after %d ms%n", client.getKey(), millis);
      assertThat(millis).as(client.getKey()).isLessThan(IDLE_MILLIS + SLACK_MILLIS);
      client.getValue().close();
    }
    finishes(session);
  }

  /** The client that was cut off goes on where the server says. */
  private static void finishes(String session) {
    Eventually.happens("what came is stored", () -> registry.client().received(session) == SENT);
    byte[] rest = new byte[SMALL.length - SENT];
    System.arraycopy(SMALL, SENT, rest, 0, rest.length);
    assertThat(registry.client().patch(session, SENT, rest).statusCode()).isEqualTo(202);
    assertThat(
            registry.client().finish(session, PushClient.digest(SMALL), new byte[0]).statusCode())
        .isEqualTo(201);
  }

  @OneProfile("connections to S3 would count as well")
  @Test
  void waitsForSlowReadersNoLonger() throws Exception {
    long pid = registry.child().pid();
    Eventually.happens("earlier ones go", () -> ProcessFigures.files(pid) <= idleFiles);
    List<StalledClient> readers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      readers.add(StalledClient.reader(registry.port(), LARGE_DIGEST));
      readers.add(StalledClient.http2Reader(registry.port(), LARGE_DIGEST));
    }
    assertThat(ProcessFigures.files(pid)).isGreaterThan(idleFiles + readers.size());
    long start = System.nanoTime();
    // Nobody reads: only the server can have ended them.
    Eventually.happens("all are closed", () -> ProcessFigures.files(pid) <= idleFiles);
    System.out.printf("readers: closed after %d ms%n", (System.nanoTime() - start) / 1_000_000);
    readers.forEach(StalledClient::close);
  }

  /** Every byte would put off a timeout that only looks for silence. */
  @Test
  void waitsNoLongerForHeadsThatComeByteByByte() throws Exception {
    byte[] head = ask("/v2/" + "x".repeat(400)).getBytes(ISO_8859_1);
    for (boolean second : new boolean[] {false, true}) {
      try (StalledClient client =
          second
              ? StalledClient.answered(registry.port())
              : StalledClient.silent(registry.port())) {
        long start = System.nanoTime();
        Thread dripping = Thread.ofVirtual().start(() -> client.drip(head, 200, 4L * IDLE_MILLIS));
        client.awaitEnd();
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.printf("head byte by byte: closed after %d ms%n", millis);
        assertThat(millis).isLessThan(IDLE_MILLIS + SLACK_MILLIS);
        dripping.join();
      }
    }
  }

  @Test
  void answersWhoWillSendNothingMore() throws IOException {
    try (StalledClient client = StalledClient.silent(registry.port())) {
      client.send((ask("/v2/") + ask("/v2/") + ask(blob())).getBytes(ISO_8859_1)).halfClose();
      byte[] answers = client.rest();
      assertThat(new String(answers, ISO_8859_1).split("HTTP/1.1 200 OK", -1)).hasSize(4);
      int from = answers.length - LARGE.length;
      assertThat(Arrays.equals(answers, from, answers.length, LARGE, 0, LARGE.length)).isTrue();
    }
    try (StalledClient client = StalledClient.answered(registry.port()).halfClose()) {
      assertThat(client.rest()).isEmpty();
    }
    try (StalledClient client = StalledClient.http2(registry.port()).halfClose()) {
      client.awaitEnd();
    }
  }

  @Test
  void keepsWhatCameOfABodyThatEndsInTheMiddle() throws IOException {
    String session = registry.client().start(REPOSITORY);
    try (StalledClient client =
        StalledClient.writer(registry.port(), "PATCH " + session, SMALL, SENT).halfClose()) {
      client.awaitEnd();
    }
    finishes(session);
  }

  @Test
  void keepsNothingOfPullsThatAreCut() {
    for (int i = 0; i < 10; i++) {
      cutPull(i);
    }
    Footprint before = registry.quiet();
    for (int i = 0; i < PULLS; i++) {
      cutPull(i);
    }
    registry.requireUnharmed(before);
  }

  private static void cutPull(int number) {
    // Half of them in several ranges, which the kernel does not send.
    String range = number % 4 < 2 ? "bytes=0-" : "bytes=0-8000000,9000000-";
    WireConnection connection =
        WireConnection.open(registry.port()).head("GET", blob(), "Range", range);
    connection.skip(50_000);
    if (number % 2 == 0) {
      connection.reset();
    } else {
      connection.close();
    }
  }

  @Test
  void takesSoManyStreamsOnAConnectionAndNoMore() throws IOException {
    assertThat(StalledClient.setting(registry.port(), 3)).isEqualTo(100);
  }
}
