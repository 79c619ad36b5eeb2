package io.slipway.crash;

import io.slipway.crash.Content.Blob;
import io.slipway.oci.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the tags of a repository hold, as its one writer was told. Others may look at any time:
 * before the writer sends what may end a promise, it takes the promise back.
 */
final class Roots {
  /** A tag from the answer that set it to the request that may change it. */
  static final class Root {
    private final String tag;
    private final Tree tree;
    private final Set<Tree> referrers = ConcurrentHashMap.newKeySet();
    private volatile boolean held = true;

    private Root(String tag, Tree tree) {
      this.tag = tag;
      this.tree = tree;
    }

    String tag() {
      return tag;
    }

    Tree tree() {
      return tree;
    }

    /** Returns what refers to something of it, and was acknowledged while it was held. */
    Set<Tree> referrers() {
      return referrers;
    }

    private Stream<Tree> all() {
      return Stream.concat(tree.all(), referrers.stream().flatMap(Tree::all));
    }
  }

  private final String repository;
  private final Map<String, Root> byTag = new ConcurrentHashMap<>();

  Roots(String repository) {
    this.repository = repository;
  }

  String repository() {
    return repository;
  }

  String tagPath(String tag) {
    return "/v2/" + repository + "/manifests/" + tag;
  }

  String path(Tree tree) {
    return tagPath(tree.digest().text());
  }

  String path(Blob blob) {
    return "/v2/" + repository + "/blobs/" + blob.digest().text();
  }

  Optional<Root> any(Random random) {
    List<Root> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  List<Root> all() {
    return new ArrayList<>(byTag.values());
  }

  @Nullable Tree tree(String tag) {
    Root root = byTag.get(tag);
    return root == null ? null : root.tree;
  }

  Set<String> tagsOf(Digest digest) {
    Set<String> tags = new HashSet<>();
    byTag.forEach(
        (tag, root) -> {
          if (root.tree.digest().equals(digest)) {
            tags.add(tag);
          }
        });
    return tags;
  }

  /** Tells whether a root has been one since it was found, and is not about to change. */
  boolean isHeld(Root root) {
    return root.held && byTag.get(root.tag) == root;
  }

  boolean isNeeded(Blob blob) {
    return all().stream()
        .flatMap(Root::all)
        .anyMatch(one -> one.manifest().blobs().contains(blob.digest()));
  }

  boolean isChild(Digest manifest) {
    return all().stream()
        .flatMap(Root::all)
        .anyMatch(one -> one.manifest().children().contains(manifest));
  }

  /** A request is about to be sent that may change tags. */
  void mayChange(Collection<String> tags) {
    tags.forEach(
        tag -> {
          Root root = byTag.get(tag);
          if (root != null) {
            root.held = false;
          }
        });
  }

  /** Tags are what they were. */
  void stay(Collection<String> tags) {
    tags.forEach(
        tag -> {
          Root root = byTag.get(tag);
          if (root != null) {
            root.held = true;
          }
        });
  }

  /** Tags have a value, or, with null, none. */
  void become(Collection<String> tags, @Nullable Tree tree) {
    Set<String> others = new HashSet<>(tags);
    if (tree != null) {
      Set<String> same = tagsOf(tree.digest());
      Set<Tree> referrers = new HashSet<>();
      same.forEach(tag -> referrers.addAll(root(tag).referrers));
      others.removeAll(same);
      stay(same);
      for (String tag : others) {
        Root root = new Root(tag, tree);
        root.referrers.addAll(referrers);
        byTag.put(tag, root);
      }
    } else {
      byTag.keySet().removeAll(others);
    }
  }

  private Root root(String tag) {
    return Objects.requireNonNull(byTag.get(tag));
  }

  /** What refers to something that is held was acknowledged. */
  void refers(Tree referrer) {
    String subject = referrer.subject().orElseThrow();
    for (Root root : all()) {
      if (root.all().anyMatch(one -> one.digest().text().equals(subject))) {
        root.referrers.add(referrer);
      }
    }
  }

  /** A manifest is about to be deleted; returns the promises that this takes back. */
  Map<Root, Set<Tree>> mayLose(Digest manifest) {
    Map<Root, Set<Tree>> taken = new HashMap<>();
    Set<String> lost = new HashSet<>(Set.of(manifest.text()));
    for (boolean more = true; more; ) {
      more = false;
      for (Root root : all()) {
        for (Tree one : List.copyOf(root.referrers)) {
          if (one.holds(manifest) || lost.contains(one.subject().orElseThrow())) {
            more = true;
            lost.add(one.digest().text());
            root.referrers.remove(one);
            taken.computeIfAbsent(root, ignored -> new HashSet<>()).add(one);
          }
        }
      }
    }
    return taken;
  }

  /** It was not deleted. */
  static void keep(Map<Root, Set<Tree>> taken) {
    taken.forEach((root, referrers) -> root.referrers.addAll(referrers));
  }
}
