package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import io.slipway.oci.DigestAlgorithm;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The few blobs that all clients push again and again. Now and then one of them is given up for a
 * new one. Thread-safe.
 */
final class BlobPool {
  private static final int SIZE = 40;
  private static final int TAKEN_BEFORE_NEW = 8;
  private static final int LARGE = 1_500_000;

  private final AtomicLong taken = new AtomicLong();

  Blob any(Random random) {
    long first = taken.incrementAndGet() / TAKEN_BEFORE_NEW;
    return blob(first + random.nextInt(SIZE));
  }

  /** Returns a blob that is not read in one go. */
  Blob large(Random random) {
    long first = taken.get() / TAKEN_BEFORE_NEW;
    long some = first + random.nextInt(SIZE);
    return blob(some - some % SIZE + SIZE);
  }

  private static Blob blob(long seed) {
    int length = seed % SIZE == 0 ? LARGE : seed % 7 == 0 ? 60_000 : 2 + (int) (seed % 50) * 60;
    return Blob.of(seed, length, seed % 5 == 1 ? DigestAlgorithm.SHA512 : DigestAlgorithm.SHA256);
  }
}
