package io.slipway.size;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Compares bytes with a blob while they arrive, in pieces of any length; for one thread. */
final class Comparison {
  private final StreamedBlob blob;
  private final byte[] expected = new byte[StreamedBlob.BLOCK];
  private long made = -1;
  private long position;
  private long wrongAt = -1;

  Comparison(StreamedBlob blob) {
    this.blob = blob;
  }

  /** Takes the next bytes; what is wrong with them is told at the end. */
  void add(byte[] bytes, int length) {
    for (int at = 0; at < length; ) {
      long block = position / StreamedBlob.BLOCK;
      if (block != made) {
        blob.block(block, expected);
        made = block;
      }
      int from = (int) (position % StreamedBlob.BLOCK);
      int count = Math.min(length - at, StreamedBlob.BLOCK - from);
      int wrong = Arrays.mismatch(expected, from, from + count, bytes, at, at + count);
      if (wrong >= 0 && wrongAt < 0) {
        wrongAt = position + wrong;
      }
      at += count;
      position += count;
    }
  }

  /** Fails unless the whole blob arrived and nothing else. */
  void requireWhole() {
    assertThat(wrongAt).as("offset of the first wrong byte").isEqualTo(-1);
    assertThat(position).as("bytes that arrived").isEqualTo(blob.length());
  }
}
