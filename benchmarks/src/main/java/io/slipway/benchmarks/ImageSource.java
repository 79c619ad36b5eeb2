package io.slipway.benchmarks;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes images that no registry has yet, of random bytes: the same seed gives the same ones. Every
 * blob is the same noise with an end of its own, so that only this end has to be hashed for a new
 * one. Threads may share it.
 */
final class ImageSource {
  /** So many layers has every image; each is a quarter as large as the one before. */
  static final int LAYERS = 5;

  private static final int SMALLEST = 64;
  private static final int END = 2 * Long.BYTES;

  private final long seed;
  private final byte[] noise;
  private final Map<Integer, MessageDigest> begun = new ConcurrentHashMap<>();
  private final AtomicLong made = new AtomicLong();

  ImageSource(long seed, int largest) {
    this.seed = seed;
    this.noise = new byte[largest];
    new Random(seed).nextBytes(noise);
  }

  /** Returns an image with layers of its own. */
  Image image(String repository) {
    return Image.of(repository, tag(), layers(noise.length, LAYERS));
  }

  /** Returns an image on the layers of another one, but for its largest. */
  Image imageOn(Image base, String repository) {
    List<Blob> shared = base.layers().subList(0, LAYERS - 2);
    List<Blob> own = layers(noise.length / 16, 2);
    return Image.of(repository, tag(), Stream.of(shared, own).flatMap(List::stream).toList());
  }

  /** Returns new bytes, at most as many as the largest layer has. */
  Blob blob(int size) {
    byte[] bytes = Arrays.copyOf(noise, size);
    ByteBuffer.wrap(bytes, size - END, END).putLong(seed).putLong(made.incrementAndGet());
    MessageDigest digest = begun(size);
    digest.update(bytes, size - END, END);
    return new Blob(bytes, Blob.named(digest.digest()));
  }

  private MessageDigest begun(int size) {
    MessageDigest first =
        begun.computeIfAbsent(
            size,
            length -> {
              MessageDigest digest = Blob.sha256();
              digest.update(noise, 0, length - END);
              return digest;
            });
    try {
      // The first is never touched again: many threads copy it.
      return (MessageDigest) first.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Blob> layers(int largest, int count) {
    return IntStream.range(0, count)
        .mapToObj(layer -> blob(Math.max(SMALLEST, largest >> (2 * layer))))
        .toList();
  }

  private String tag() {
    return "run-%x-%d".formatted(seed, made.incrementAndGet());
  }
}
