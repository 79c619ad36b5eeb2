package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.slipway.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** A client that begins something and then does nothing more. */
final class StalledClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1);
  private static final int FRAME_HEADER = 9;

  private final Socket socket;

  /** Kept because it says goodbye when it is collected. */
  @SuppressWarnings("UnusedVariable")
  private @Nullable SSLSocket tls;

  private StalledClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
  }

  /** One that only connects. */
  static StalledClient silent(int port) throws IOException {
    return new StalledClient(port);
  }

  /** One whose request was answered. */
  static StalledClient answered(int port) throws IOException {
    StalledClient client = request(port, "GET /v2/", "");
    client.readAnswer();
    return client;
  }

  /** One whose request was answered over TLS. */
  static StalledClient answeredOverTls(int port, SSLSocketFactory factory) throws IOException {
    StalledClient client = new StalledClient(port);
    // Not closed: it would tell the server.
    SSLSocket secure = (SSLSocket) factory.createSocket(client.socket, "localhost", port, false);
    secure.getOutputStream().write(head("GET /v2/", "").getBytes(ISO_8859_1));
    if (secure.getInputStream().read() < 0) {
      throw new EOFException("the server closed the connection");
    }
    client.tls = secure;
    return client;
  }

  /** One that speaks HTTP/2 and has asked for nothing. */
  static StalledClient http2(int port) throws IOException {
    StalledClient client = new StalledClient(port).send(PREFACE);
    client.skip(FRAME_HEADER);
    return client;
  }

  /** Returns what the server says about a setting of HTTP/2; -1 when it says nothing. */
  static int setting(int port, int id) throws IOException {
    try (StalledClient client = new StalledClient(port).send(PREFACE)) {
      byte[] head = client.socket.getInputStream().readNBytes(FRAME_HEADER);
      ByteBuffer settings =
          ByteBuffer.wrap(client.socket.getInputStream().readNBytes(head[1] * 256 + head[2]));
      while (settings.hasRemaining()) {
        int name = settings.getShort();
        int value = settings.getInt();
        if (name == id) {
          return value;
        }
      }
      return -1;
    }
  }

  /** One that stops in the head of its request. */
  static StalledClient inHead(int port) throws IOException {
    return new StalledClient(port).send("GET /v2/ HTTP/1.1\r\nHost: loc".getBytes(ISO_8859_1));
  }

  /** One that asks for a blob and takes one byte of it. */
  static StalledClient reader(int port, Digest digest) throws IOException {
    StalledClient client = request(port, "GET /v2/team/app/blobs/" + digest.text(), "");
    client.skip(1);
    return client;
  }

  /** One that asks for a manifest again and again and takes one byte of the first answer. */
  static StalledClient manifestReader(int port, String tag) throws IOException {
    String again = head("GET /v2/team/app/manifests/" + tag, "").repeat(100);
    StalledClient client = new StalledClient(port).send(again.getBytes(ISO_8859_1));
    client.skip(1);
    return client;
  }

  /** One that asks for a blob over HTTP/2 and takes one byte of the answer. */
  static StalledClient http2Reader(int port, Digest digest) throws IOException {
    StalledClient client = new StalledClient(port).send(PREFACE);
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    fields.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86});
    field(fields, 4, "/v2/team/app/blobs/" + digest.text());
    field(fields, 1, "localhost");
    int length = fields.size();
    client.send(new byte[] {0, (byte) (length >> 8), (byte) length, 1, 5, 0, 0, 0, 1});
    client.send(fields.toByteArray());
    client.skip(FRAME_HEADER);
    return client;
  }

  /** Adds a header whose name has a number in HPACK's table, and a value below 127 bytes. */
  private static void field(ByteArrayOutputStream fields, int name, String value) {
    fields.write(name);
    fields.write(value.length());
    fields.writeBytes(value.getBytes(ISO_8859_1));
  }

  /** One that stops in the body of a request. */
  static StalledClient writer(int port, String line, byte[] body, int sent) throws IOException {
    StalledClient client = request(port, line, "Content-Length: " + body.length + "\r\n");
    client.socket.getOutputStream().write(body, 0, sent);
    return client;
  }

  private static StalledClient request(int port, String line, String headers) throws IOException {
    return new StalledClient(port).send(head(line, headers).getBytes(ISO_8859_1));
  }

  private static String head(String line, String headers) {
    return line + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }

  StalledClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  private void readAnswer() throws IOException {
    byte[] part = new byte[4096];
    StringBuilder text = new StringBuilder();
    while (!text.toString().contains("\r\n\r\n")) {
      int read = socket.getInputStream().read(part);
      if (read < 0) {
        throw new EOFException("the server closed the connection after: " + text);
      }
      text.append(new String(part, 0, read, ISO_8859_1));
    }
  }

  /** Reads everything to the end of the connection. */
  byte[] rest() throws IOException {
    return socket.getInputStream().readAllBytes();
  }

  /** Sends a byte now and then, until that fails or some milliseconds have gone by. */
  void drip(byte[] bytes, long everyMillis, long forMillis) {
    long end = System.nanoTime() + forMillis * 1_000_000;
    try {
      for (int i = 0; System.nanoTime() < end; i++) {
        socket.getOutputStream().write(bytes[i % bytes.length]);
        LockSupport.parkNanos(everyMillis * 1_000_000);
      }
    } catch (IOException ignored) {
      // Seen by who reads.
    }
  }

  private void skip(int bytes) throws IOException {
    socket.getInputStream().skipNBytes(bytes);
  }

  /** Reads until the server ends the connection, by a reset too; fails when it does not. */
  void awaitEnd() {
    byte[] part = new byte[64 * 1024];
    try {
      int read = 0;
      while (read >= 0) {
        read = socket.getInputStream().read(part);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server does not end the connection", e);
    } catch (IOException ignored) {
      // Ended all the same.
    }
  }

  /** Says that it sends no more. */
  StalledClient halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Ends the connection as a machine does that forgot it. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
