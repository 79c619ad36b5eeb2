package io.slipway.benchmarks;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Holds images that a registry has, any of which makes room for a new one. Threads may share it.
 */
final class Shelf {
  private final AtomicReferenceArray<Image> images;

  Shelf(List<Image> first) {
    images = new AtomicReferenceArray<>(first.toArray(new Image[0]));
  }

  Image any() {
    return images.get(place());
  }

  void put(Image image) {
    images.set(place(), image);
  }

  private int place() {
    return ThreadLocalRandom.current().nextInt(images.length());
  }
}
