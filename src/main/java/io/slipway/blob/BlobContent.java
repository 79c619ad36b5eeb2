package io.slipway.blob;

import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;

/** How the bytes of a blob can be sent, so that each kind goes the shortest way. */
public sealed interface BlobContent {

  /** The bytes are in a file, to be sent by the kernel. The file may be gone when it is opened. */
  record InFile(Path path) implements BlobContent {}

  /** The bytes are in memory; never changed, and not to be changed. */
  record InMemory(Buffer bytes) implements BlobContent {}
}
