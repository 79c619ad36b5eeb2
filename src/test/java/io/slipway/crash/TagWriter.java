package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Roots.Root;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts and deletes manifests and tags for one client, and tells its {@link Roots} what it was
 * promised, also when an answer was lost.
 */
final class TagWriter {
  private final MortalRegistry registry;
  private final Roots roots;
  private final Figures figures;
  private final Random random;
  private @Nullable Change asked;

  /** What the request under way does to tags; null for taking them away. */
  private record Change(Set<String> tags, @Nullable Tree to) {}

  TagWriter(MortalRegistry registry, Roots roots, Figures figures, Random random) {
    this.registry = registry;
    this.roots = roots;
    this.figures = figures;
    this.random = random;
  }

  /** Does some work; when an answer is lost on the way, finds out what it came to. */
  void finallyDone(Runnable work) {
    try {
      work.run();
    } catch (LostAnswerException e) {
      figures.count("answers lost: " + e.getMessage());
      settle();
    }
    figures.count("operations");
  }

  /** Returns false when something that the manifest names has been collected. */
  boolean put(Tree tree, Set<String> tags) {
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
    tree.subject().ifPresent(ignored -> roots.refers(tree));
    return true;
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

  /** Deletes a tag, there or not. */
  void delete(String tag) {
    boolean there = roots.tree(tag) != null;
    roots.mayChange(Set.of(tag));
    asked = new Change(Set.of(tag), null);
    int status = registry.life().send("DELETE", roots.tagPath(tag)).statusCode();
    assertThat(status).as("DELETE of %s", roots.tagPath(tag)).isEqualTo(there ? 202 : 404);
    answered(true);
    figures.count("tags deleted");
  }

  /** Deletes a manifest with its tags, unless an index names it. */
  void delete(Tree tree) {
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
