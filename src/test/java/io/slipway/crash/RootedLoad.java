package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one client that writes to a repository: it pushes, tags and deletes, and tells the {@link
 * Roots} what it was promised. What is collected under its push it pushes again.
 */
final class RootedLoad implements Runnable {
  private static final int TAGS = 3;
  private static final int REMEMBERED = 30;

  /** A push that is never quicker than collections may be given up. */
  private static final int ATTEMPTS = 30;

  private final Roots roots;
  private final BlobPool pool;
  private final SharedLoad blobs;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;
  private final List<Tree> lately = new ArrayList<>();
  private final TagWriter tags;

  RootedLoad(
      MortalRegistry registry,
      Roots roots,
      BlobPool pool,
      SharedLoad blobs,
      Figures figures,
      Random random,
      BooleanSupplier ending) {
    this.roots = roots;
    this.pool = pool;
    this.blobs = blobs;
    this.figures = figures;
    this.random = random;
    this.ending = ending;
    this.tags = new TagWriter(registry, roots, figures, random);
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      tags.finallyDone(this::step);
    }
    tags.finallyDone(() -> blobs.leave(pool.any(random), true));
  }

  private void step() {
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> push(image(""), someTags());
      case 4, 5 -> pushIndex();
      case 6, 7, 8 -> pushReferrer();
      case 9, 10, 11 -> retag();
      case 12, 13 -> deleteTag();
      case 14, 15, 16, 17, 18, 19, 20 -> changeOfMind();
      case 21 -> deleteManifest();
      case 22 -> blobs.delete(pool.any(random));
      default -> {
        if (random.nextInt(4) == 0) {
          blobs.leave(pool.any(random), random.nextInt(8) == 0);
        }
      }
    }
  }

  private Set<String> someTags() {
    return Stream.generate(() -> "tag" + random.nextInt(TAGS))
        .limit(random.nextInt(4) == 0 ? 2 : 1)
        .collect(Collectors.toSet());
  }

  private Tree image(String subject) {
    List<Blob> layers =
        Stream.generate(() -> pool.any(random)).limit(1 + random.nextInt(3)).distinct().toList();
    return Tree.image(pool.any(random), layers, subject);
  }

  private void pushIndex() {
    push(Tree.index(List.of(image(""), image("")), random.nextInt(1000)), someTags());
  }

  /** Refers to something that a tag holds, or to what refers to that. */
  private void pushReferrer() {
    roots
        .any(random)
        .ifPresent(
            root -> {
              List<Tree> all = new ArrayList<>(root.tree().all().toList());
              all.addAll(root.referrers());
              String subject = all.get(random.nextInt(all.size())).digest().text();
              push(image(subject), random.nextInt(4) == 0 ? someTags() : Set.of());
            });
  }

  private void retag() {
    if (!lately.isEmpty()) {
      Tree tree = lately.get(random.nextInt(lately.size()));
      if (!put(tree, someTags())) {
        push(tree, someTags());
      }
    }
  }

  /** Takes a tag away and sets it again at once: what it held may have begun to go. */
  private void changeOfMind() {
    roots
        .any(random)
        .ifPresent(
            root -> {
              tags.delete(root.tag());
              Set<String> same = Set.of(root.tag());
              if (!put(root.tree(), same)) {
                push(root.tree(), same);
              }
            });
  }

  private void push(Tree tree, Set<String> names) {
    for (Tree child : tree.children()) {
      push(child, Set.of());
    }
    tree.blobs().forEach(blobs::ensure);
    for (int i = 0; i < ATTEMPTS; i++) {
      if (put(tree, names)) {
        return;
      }
      tree.all().flatMap(one -> one.blobs().stream()).distinct().forEach(blobs::pushAtOnce);
      for (Tree child : tree.children()) {
        put(child, Set.of());
      }
    }
    figures.count("pushes given up");
  }

  private void deleteTag() {
    tags.delete(someTags().iterator().next());
  }

  private void deleteManifest() {
    if (!lately.isEmpty()) {
      tags.delete(lately.get(random.nextInt(lately.size())));
    }
  }

  /** Returns false when something that the manifest names has been collected. */
  private boolean put(Tree tree, Set<String> names) {
    boolean created = tags.put(tree, names);
    if (created) {
      lately.add(tree);
      if (lately.size() > REMEMBERED) {
        lately.removeFirst();
      }
    }
    return created;
  }
}
