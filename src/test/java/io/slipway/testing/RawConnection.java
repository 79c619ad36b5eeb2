package io.slipway.testing;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A connection on which a test writes what no HTTP client would send, or not at that moment. */
public final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  public RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** One answer. */
  public record Answer(String version, int status, List<String> headers, Buffer body) {
    /** Returns the value of a header; empty text when it is absent. */
    public String header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst()
          .orElse("");
    }

    public String text() {
      return body.toString();
    }
  }

  /** Sends lines, each ended as HTTP wants it; an empty one ends the head. */
  public RawConnection lines(String... lines) throws IOException {
    return bytes((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  public RawConnection bytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Reads an answer to anything but HEAD. */
  public Answer read() throws IOException {
    String[] words = line().split(" ", 3);
    int status = Integer.parseInt(words[1]);
    List<String> headers = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
    Answer head = new Answer(words[0], status, headers, Buffer.buffer());
    String length = head.header("Content-Length");
    byte[] body =
        head.header("Transfer-Encoding").equals("chunked")
            ? chunks()
            : exactly(length.isEmpty() ? 0 : Integer.parseInt(length));
    return new Answer(words[0], status, headers, Buffer.buffer(body));
  }

  private byte[] exactly(int length) throws IOException {
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the server broke off after " + body.length + " bytes of " + length);
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Reads so many bytes of whatever comes. */
  public void skip(int bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  /** Waits until the server closes; false when it sends something instead. */
  public boolean isClosedByServer() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
