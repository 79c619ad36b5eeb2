package io.slipway.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import io.slipway.testing.WireConnection.Answer;
import java.time.Duration;

/** Pushes and pulls streamed blobs over HTTP/1.1 with one block in memory; thread-safe. */
record Http1Traffic(int port, String repository) {
  /** A sync of ten gigabytes takes a while on a busy disk. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private WireConnection connect() {
    return WireConnection.open(port).patient(PATIENCE);
  }

  private String open() {
    return new PushClient(port).start(repository);
  }

  /** Pushes a blob as one POST of known length; returns its digest. */
  String post(StreamedBlob blob) {
    return whole("POST", "/v2/" + repository + "/blobs/uploads/", blob);
  }

  /** Pushes a blob as an empty POST and one PUT of known length; returns its digest. */
  String put(StreamedBlob blob) {
    return whole("PUT", open(), blob);
  }

  private String whole(String method, String path, StreamedBlob blob) {
    String digest = blob.digest().text();
    try (WireConnection connection = connect()) {
      connection.head(
          method, path + "?digest=" + digest, "Content-Length", Long.toString(blob.length()));
      byte[] block = new byte[StreamedBlob.BLOCK];
      for (long number = 0; number * StreamedBlob.BLOCK < blob.length(); number++) {
        connection.send(block, 0, blob.block(number, block));
      }
      requireStatus(connection.read(), 201);
    }
    return digest;
  }

  /** Pushes a blob as a PATCH whose length nobody knows before its end; returns its digest. */
  String stream(StreamedBlob blob) {
    String digest = blob.digest().text();
    String session = open();
    try (WireConnection connection = connect()) {
      connection.head("PATCH", session, "Transfer-Encoding", "chunked");
      byte[] block = new byte[StreamedBlob.BLOCK];
      for (long number = 0; number * StreamedBlob.BLOCK < blob.length(); number++) {
        connection.chunk(block, 0, blob.block(number, block));
      }
      connection.chunk(block, 0, 0);
      requireStatus(connection.read(), 202);
      connection.head("PUT", session + "?digest=" + digest, "Content-Length", "0");
      requireStatus(connection.read(), 201);
    }
    return digest;
  }

  /** Pulls a whole blob and compares every byte. */
  void pull(StreamedBlob blob, String digest) {
    try (WireConnection connection = connect()) {
      Comparison comparison = new Comparison(blob);
      receive(connection, digest, comparison, 200);
      comparison.requireWhole();
    }
  }

  /** Pulls a blob range by range and compares every byte. */
  void pullRanges(StreamedBlob blob, String digest, int ranges) {
    try (WireConnection connection = connect()) {
      Comparison comparison = new Comparison(blob);
      long step = Math.ceilDiv(blob.length(), ranges);
      for (long from = 0; from < blob.length(); from += step) {
        String range = "bytes=" + from + "-" + (from + step - 1);
        receive(connection, digest, comparison, 206, "Range", range);
      }
      comparison.requireWhole();
    }
  }

  private void receive(
      WireConnection connection, String digest, Comparison into, int status, String... headers) {
    connection.head("GET", "/v2/" + repository + "/blobs/" + digest, headers);
    Answer head = connection.readHead();
    requireStatus(head, status);
    byte[] bytes = new byte[StreamedBlob.BLOCK];
    long left = Long.parseLong(head.header("content-length"));
    while (left > 0) {
      int count = (int) Math.min(left, bytes.length);
      connection.receive(bytes, count);
      into.add(bytes, count);
      left -= count;
    }
  }

  private static void requireStatus(Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }
}
