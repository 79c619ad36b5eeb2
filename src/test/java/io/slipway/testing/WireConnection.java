package io.slipway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One HTTP/1.1 connection of which the test decides every byte, and how it ends. */
public final class WireConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** An answer; header names are in lower case, one value each. */
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private WireConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Connects to a port of this machine. */
  public static WireConnection open(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return new WireConnection(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits longer for an answer than the 30 s that do for most. */
  public WireConnection patient(Duration patience) {
    try {
      socket.setSoTimeout((int) patience.toMillis());
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a request line and headers, names and values one after the other. */
  public WireConnection head(String method, String path, String... headers) {
    StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    text.append("Host: 127.0.0.1:").append(socket.getPort()).append("\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      text.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    return send(text.append("\r\n").toString().getBytes(ISO_8859_1));
  }

  public WireConnection send(byte[] bytes) {
    return send(bytes, 0, bytes.length);
  }

  /** Sends part of an array as it is. */
  public WireConnection send(byte[] bytes, int from, int length) {
    try {
      out.write(bytes, from, length);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends part of an array as one chunk of a chunked body. */
  public WireConnection chunk(byte[] bytes, int from, int length) {
    send((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
    return send(bytes, from, length).send(new byte[] {'\r', '\n'});
  }

  /** Reads one answer, past any 100. */
  public Answer read() {
    try {
      Answer answer = readOne();
      return answer.status() == 100 ? readOne() : answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the head of one answer; its body is the caller's to receive. */
  public Answer readHead() {
    try {
      return readOneHead();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer readOneHead() throws IOException {
    String status = line();
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, "");
  }

  private Answer readOne() throws IOException {
    Answer head = readOneHead();
    byte[] body = new byte[Integer.parseInt(head.headers().getOrDefault("content-length", "0"))];
    receive(body, body.length);
    return new Answer(head.status(), head.headers(), new String(body, UTF_8));
  }

  /** Fills the beginning of an array with what arrives. */
  public void receive(byte[] into, int length) {
    try {
      int received = in.readNBytes(into, 0, length);
      if (received < length) {
        throw new EOFException("the answer ended after " + received + " of " + length + " bytes");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended in the head of an answer");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(ISO_8859_1);
  }

  /** Reads and drops up to so many bytes of what arrives. */
  public int skip(int most) {
    try {
      return in.readNBytes(most).length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection with a reset: bytes on their way may be lost. */
  public void reset() {
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
