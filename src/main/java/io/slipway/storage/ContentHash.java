package io.slipway.storage;

import io.slipway.blob.StoreContents.Snapshot;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Hashes stored bytes piece by piece, at the pace it is given. */
final class ContentHash {
  private final Snapshot snapshot;
  private final Pace pace;
  private final List<DigestAlgorithm> algorithms;
  private final List<MessageDigest> hashes;
  private long position;

  private ContentHash(Snapshot snapshot, Pace pace, DigestAlgorithm... algorithms) {
    this.snapshot = snapshot;
    this.pace = pace;
    this.algorithms = List.of(algorithms);
    this.hashes = Arrays.stream(algorithms).map(DigestAlgorithm::newMessageDigest).toList();
  }

  /**
   * Returns the digests of the bytes, one for each algorithm; fails with {@link Pace.Stopped} when
   * it should stop before the end.
   */
  static Future<List<Digest>> of(Snapshot snapshot, Pace pace, DigestAlgorithm... algorithms) {
    ContentHash hash = new ContentHash(snapshot, pace, algorithms);
    return Rounds.whileMore(hash::piece).map(ignored -> hash.digests());
  }

  /** Reads what is known to be small into memory. */
  static Future<Buffer> read(Snapshot snapshot, int most) {
    Buffer bytes = Buffer.buffer();
    return snapshot.read(0, most, part -> bytes.appendBytes(copy(part))).map(ignored -> bytes);
  }

  private static byte[] copy(ByteBuffer part) {
    byte[] bytes = new byte[part.remaining()];
    part.get(bytes);
    return bytes;
  }

  private Future<Boolean> piece() {
    return snapshot
        .read(position, pace.piece(), part -> hashes.forEach(hash -> hash.update(part.duplicate())))
        .compose(
            count -> {
              position += count;
              return count == 0
                  ? Future.succeededFuture(false)
                  : pace.after(count).map(ignored -> true);
            });
  }

  private List<Digest> digests() {
    return IntStream.range(0, algorithms.size())
        .mapToObj(i -> Digest.of(algorithms.get(i), hashes.get(i)))
        .toList();
  }
}
