package io.slipway.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;

/** How the bytes of a blob can be sent, so that each kind goes the shortest way. */
public sealed interface BlobContent {

  /** The bytes are in a file, to be sent by the kernel. The file may be gone when it is opened. */
  record InFile(Path path) implements BlobContent {}

  /** The bytes are in memory; never changed, and not to be changed. */
  record InMemory(Buffer bytes) implements BlobContent {}

  /** The bytes come from another machine, as fast as their reader takes them. */
  @FunctionalInterface
  non-sealed interface Streamed extends BlobContent {

    /**
     * Reads a part and nothing besides it.
     *
     * @return the bytes, once it is known that they come, paused and belonging to the caller's
     *     context; {@code BLOB_UNKNOWN} when they are not there any more, {@code UNAVAILABLE} when
     *     the other machine does not answer
     */
    Future<BlobStream> read(long offset, long length);
  }
}
