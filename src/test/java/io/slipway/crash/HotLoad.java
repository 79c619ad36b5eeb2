package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import io.slipway.oci.DigestAlgorithm;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Names the same few blobs again and again, just as they are collected. It takes its tag away and
 * sets it again, first without a push of anything; what is gone by then it pushes and names at
 * once, and it pulls all of it before anybody else may have brought it back.
 */
final class HotLoad implements Runnable {
  private static final int BLOBS = 60;
  private static final int MOST_NAMED = 5;
  private static final long FIRST_SEED = 1L << 40;

  /** A push that is never quicker than collections may be given up. */
  private static final int ATTEMPTS = 30;

  private final MortalRegistry registry;
  private final Roots roots;
  private final String tag;
  private final TagWriter tags;
  private final SharedLoad blobs;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;
  private Tree tree;

  /**
   * Makes a client.
   *
   * @param roots its own, of a repository to which others write too
   * @param tag the only one that it writes
   */
  HotLoad(
      MortalRegistry registry,
      Roots roots,
      String tag,
      Figures figures,
      Random random,
      BooleanSupplier ending) {
    this.registry = registry;
    this.roots = roots;
    this.tag = tag;
    this.tags = new TagWriter(registry, roots, figures, random);
    this.blobs = new SharedLoad(registry, roots, List.of(roots), figures, random);
    this.figures = figures;
    this.random = random;
    this.ending = ending;
    this.tree = image();
  }

  private Tree image() {
    // The fewer, the sooner they are pushed: where collections are quick, only few come through.
    int layers = 1 + random.nextInt(MOST_NAMED);
    return Tree.image(blob(), Stream.generate(this::blob).limit(layers).distinct().toList(), "");
  }

  private Blob blob() {
    int number = random.nextInt(BLOBS);
    return Blob.of(FIRST_SEED + number, 20 + number * 40, DigestAlgorithm.SHA256);
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      tags.finallyDone(this::step);
    }
  }

  private void step() {
    if (random.nextInt(4) == 0) {
      tree = image();
    }
    name();
    roots.any(random).ifPresent(root -> new RootCheck(roots, figures).pull(registry.life(), root));
    tags.delete(tag);
  }

  private void name() {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (tags.put(tree, Set.of(tag))) {
        figures.count(i == 0 ? "hot blobs named again" : "hot blobs pushed and named");
        return;
      }
      tree.blobs().forEach(blobs::pushAtOnce);
    }
    tree = image();
    figures.count("pushes given up");
  }
}
