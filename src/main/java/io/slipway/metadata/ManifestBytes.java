package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * Remembers the bytes of manifests for all nodes, as long as it likes to. Thread-safe.
 *
 * <p>It promises nothing but this: what it returns has the digest that was asked for, it answers
 * soon, and it never fails. Whoever asks has made sure that the manifest may be read.
 */
public interface ManifestBytes {
  /** Remembers nothing. */
  ManifestBytes NONE =
      new ManifestBytes() {
        @Override
        public Future<Optional<Buffer>> find(Digest digest, int size) {
          return Future.succeededFuture(Optional.empty());
        }

        @Override
        public void remember(Digest digest, Buffer content) {}

        @Override
        public Future<Void> close() {
          return Future.succeededFuture();
        }
      };

  /**
   * Finds the bytes of a manifest; empty whenever it has no right ones at hand.
   *
   * @param size how many bytes the manifest has
   */
  Future<Optional<Buffer>> find(Digest digest, int size);

  /** Tells it of bytes that it may remember; returns at once. */
  void remember(Digest digest, Buffer content);

  /** Ends its connections; nothing is found from now on. */
  Future<Void> close();
}
