package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Blob;
import io.slipway.crash.Roots.Root;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one client that writes to a repository: it pushes, tags and deletes, and tells the {@link
 * Roots} what it was promised. What is collected under its push it pushes again.
 */
final class RootedLoad implements Runnable {
  private static final int TAGS = 3;
  private static final int REMEMBERED = 30;

  /** A push that is never quicker than collections may be given up. */
  private static final int ATTEMPTS = 30;

  private final MortalRegistry registry;
  private final Roots roots;
  private final BlobPool pool;
  private final SharedLoad blobs;
  private final Figures figures;
  private final Random random;
  private final BooleanSupplier ending;
  private final List<Tree> lately = new ArrayList<>();
  private @Nullable Change asked;

  /** What the request under way does to tags; null for taking them away. */
  private record Change(Set<String> tags, @Nullable Tree to) {}

  RootedLoad(
      MortalRegistry registry,
      Roots roots,
      BlobPool pool,
      SharedLoad blobs,
      Figures figures,
      Random random,
      BooleanSupplier ending) {
    this.registry = registry;
    this.roots = roots;
    this.pool = pool;
    this.blobs = blobs;
    this.figures = figures;
    this.random = random;
    this.ending = ending;
  }

  @Override
  public void run() {
    while (!ending.getAsBoolean()) {
      finallyDone(this::step);
      figures.count("operations");
    }
    finallyDone(() -> blobs.leave(pool.any(random), true));
  }

  private void finallyDone(Runnable work) {
    try {
      work.run();
    } catch (LostAnswerException e) {
      figures.count("answers lost: " + e.getMessage());
      settle();
    }
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
              deleteTag(root.tag());
              Set<String> tags = Set.of(root.tag());
              if (!put(root.tree(), tags)) {
                push(root.tree(), tags);
              }
            });
  }

  private void push(Tree tree, Set<String> tags) {
    for (Tree child : tree.children()) {
      push(child, Set.of());
    }
    tree.blobs().forEach(blobs::ensure);
    for (int i = 0; i < ATTEMPTS; i++) {
      if (put(tree, tags)) {
        return;
      }
      tree.all().flatMap(one -> one.blobs().stream()).distinct().forEach(blobs::pushAtOnce);
      for (Tree child : tree.children()) {
        put(child, Set.of());
      }
    }
    figures.count("pushes given up");
  }

  /** Returns false when something that the manifest names has been collected. */
  private boolean put(Tree tree, Set<String> tags) {
    roots.mayChange(tags);
    asked = new Change(tags, tree);
    List<String> names = tags.stream().sorted().toList();
    String reference = roots.path(tree);
    String query = names.isEmpty() ? "" : "?tag=" + String.join("&tag=", names);
    if (names.size() == 1 && random.nextBoolean()) {
      reference = roots.tagPath(names.getFirst());
      query = "";
    }
    HttpResponse<byte[]> answer =
        registry
            .life()
            .send(
                "PUT",
                reference + query,
                tree.manifest().bytes(),
                "Content-Type",
                tree.manifest().type());
    assertThat(answer.statusCode())
        .as("PUT of %s: %s", tree, new String(answer.body(), UTF_8))
        .isIn(201, 404);
    boolean created = answer.statusCode() == 201;
    answered(created);
    if (!created) {
      assertThat(new String(answer.body(), UTF_8)).contains("MANIFEST_BLOB_UNKNOWN");
      figures.count("MANIFEST_BLOB_UNKNOWN");
      return false;
    }
    figures.count("manifests pushed");
    remember(tree);
    return true;
  }

  private void remember(Tree tree) {
    tree.subject().ifPresent(ignored -> roots.refers(tree));
    lately.add(tree);
    if (lately.size() > REMEMBERED) {
      lately.removeFirst();
    }
  }

  private void answered(boolean carriedOut) {
    Change change = Objects.requireNonNull(asked);
    asked = null;
    if (carriedOut) {
      roots.become(change.tags(), change.to());
    } else {
      roots.stay(change.tags());
    }
  }

  private void deleteTag() {
    deleteTag(someTags().iterator().next());
  }

  private void deleteTag(String tag) {
    boolean there = roots.tree(tag) != null;
    roots.mayChange(Set.of(tag));
    asked = new Change(Set.of(tag), null);
    int status = registry.life().send("DELETE", roots.tagPath(tag)).statusCode();
    assertThat(status).as("DELETE of %s", roots.tagPath(tag)).isEqualTo(there ? 202 : 404);
    answered(true);
    figures.count("tags deleted");
  }

  /** Deletes a manifest with its tags, unless an index names it. */
  private void deleteManifest() {
    if (lately.isEmpty()) {
      return;
    }
    Tree tree = lately.get(random.nextInt(lately.size()));
    Set<String> tags = roots.tagsOf(tree.digest());
    boolean child = roots.isChild(tree.digest());
    roots.mayChange(tags);
    Map<Root, Set<Tree>> taken = roots.mayLose(tree.digest());
    asked = new Change(tags, null);
    int status = registry.life().send("DELETE", roots.path(tree)).statusCode();
    assertThat(status)
        .as("DELETE of %s with the tags %s, child %s", roots.path(tree), tags, child)
        .isIn(
            child
                ? List.of(405)
                : tags.isEmpty() && taken.isEmpty() ? List.of(202, 404, 405) : List.of(202, 405));
    answered(status != 405);
    if (status == 405) {
      Roots.keep(taken);
    }
    figures.count(status == 202 ? "manifests deleted" : "manifests not deleted");
  }

  /** Finds out what a request came to whose answer was lost. */
  private void settle() {
    while (asked != null) {
      try {
        settle(asked);
      } catch (LostAnswerException e) {
        figures.count("answers lost: " + e.getMessage());
      }
    }
  }

  private void settle(Change change) {
    Set<Boolean> carriedOut = new HashSet<>();
    String after = change.to() == null ? "" : change.to().digest().text();
    for (String tag : change.tags()) {
      Tree old = roots.tree(tag);
      String before = old == null ? "" : old.digest().text();
      HttpResponse<byte[]> found = registry.life().send("GET", roots.tagPath(tag));
      assertThat(found.statusCode()).as(roots.tagPath(tag)).isIn(200, 404);
      String now = found.statusCode() == 404 ? "" : PushClient.digest(found.body()).text();
      assertThat(now).as(roots.tagPath(tag)).isIn(before, after);
      if (!before.equals(after)) {
        carriedOut.add(now.equals(after));
      }
    }
    assertThat(carriedOut).as("all or nothing of %s", change).hasSizeLessThanOrEqualTo(1);
    answered(carriedOut.contains(true));
  }
}
