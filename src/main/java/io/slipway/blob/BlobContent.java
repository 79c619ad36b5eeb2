package io.slipway.blob;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** How the bytes of a blob can be sent, so that each kind goes the shortest way. */
public sealed interface BlobContent {
  /** What a cache that clients are told about says of a blob. */
  enum CacheAnswer {
    /** There is no such cache. */
    NONE,
    /** The bytes were in it. */
    HIT,
    /** They were not, whether or not they are from now on. */
    MISS
  }

  /** Returns what the cache said. */
  default CacheAnswer cache() {
    return CacheAnswer.NONE;
  }

  /** The bytes are in a file, to be sent by the kernel. The file may be gone when it is opened. */
  record InFile(Path path) implements BlobContent {}

  /** The bytes are in memory; never changed, and not to be changed. */
  record InMemory(Buffer bytes, CacheAnswer cache) implements BlobContent {}

  /** The bytes are in a file of a cache, which may lose it at any moment, for one request. */
  non-sealed interface Cached extends BlobContent {

    /** Returns the file, to be sent by the kernel. */
    Path path();

    /** Hears that the file was open and long enough when its bytes were to be sent. */
    void served();

    /** Hears that it was not; returns the same bytes from where they cannot be lost. */
    Streamed lost(Throwable cause);

    /** Hears that the file has other bytes; returns the right ones as {@link #lost} does. */
    Streamed wrong();

    @Override
    default CacheAnswer cache() {
      return CacheAnswer.HIT;
    }
  }

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

    /**
     * Returns where a client may read the bytes by itself, for some minutes; empty when it must
     * read them here.
     */
    default Optional<Future<URI>> elsewhere() {
      return Optional.empty();
    }
  }
}
