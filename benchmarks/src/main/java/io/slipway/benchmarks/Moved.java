package io.slipway.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes of blobs and manifests that a run moved. Threads may share it. */
final class Moved {
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();

  void receive(int bytes) {
    received.add(bytes);
  }

  /** Counts a body and returns it. */
  byte[] send(byte[] body) {
    sent.add(body.length);
    return body;
  }

  void write(Path file) throws IOException {
    Files.writeString(
        file, "{\"received\":%d,\"sent\":%d}\n".formatted(received.sum(), sent.sum()));
  }
}
