package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that begin more pulls than there are connections to S3, and read nothing. */
@OneProfile("of a bucket that the test has for itself")
class StalledReadersIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path data;
  private final List<Socket> sockets = new ArrayList<>();
  private EightReads registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = new EightReads(data, "6s");
    client = registry.client();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    registry.close();
  }

  private void stall(byte[] blob) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(64 * 1024);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), registry.port()));
    String path = "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text();
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void blockNoPushAndNotForEver() throws IOException {
    byte[] blob = bytes(1, 24 * MEBIBYTE);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    for (int i = 0; i < EightReads.COUNT + 2; i++) {
      stall(blob);
    }
    Eventually.happens("all connections of pulls are held", () -> registry.held(EightReads.COUNT));
    byte[] other = bytes(2, 12 * MEBIBYTE);
    assertThat(client.pushBlob(REPOSITORY, other).statusCode()).isEqualTo(201);
    // S3's connection of a reader who takes nothing for a while is given to others.
    HttpResponse<byte[]> pulled = client.blob(REPOSITORY, digest(other));
    assertThat(Arrays.equals(pulled.body(), other)).isTrue();
    Eventually.happens("no connection is held", () -> registry.held(0));
    // Who reads on gets the rest, by another connection.
    assertThat(sockets.getFirst().getInputStream().skip(blob.length)).isEqualTo(blob.length);
  }
}
