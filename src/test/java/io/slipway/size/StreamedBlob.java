package io.slipway.size;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Random;

/**
 * A blob of any length that is made block by block, the same for the same seed. Immutable.
 *
 * <p>A block is random bytes that tell where they belong on every page, so that bytes at a wrong
 * place are wrong bytes.
 */
final class StreamedBlob {
  /** Length of every block but the last, in bytes. */
  static final int BLOCK = 256 * 1024;

  private static final int PAGE = 4096;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] template = new byte[BLOCK];
  private final long length;

  StreamedBlob(long seed, long length) {
    new Random(seed).nextBytes(template);
    this.length = length;
  }

  long length() {
    return length;
  }

  /** Writes a block into an array of its length; returns how many of the bytes are the blob's. */
  int block(long number, byte[] into) {
    System.arraycopy(template, 0, into, 0, BLOCK);
    long start = number * BLOCK;
    for (int page = 0; page < BLOCK; page += PAGE) {
      LONGS.set(into, page, start + page);
    }
    return Math.clamp(length - start, 0, BLOCK);
  }

  /** Makes the whole blob once. */
  Digest digest() {
    MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
    byte[] block = new byte[BLOCK];
    for (long number = 0; number * BLOCK < length; number++) {
      hash.update(block, 0, block(number, block));
    }
    return Digest.of(DigestAlgorithm.SHA256, hash);
  }
}
