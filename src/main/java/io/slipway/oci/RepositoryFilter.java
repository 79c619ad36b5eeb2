package io.slipway.oci;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Tells which repositories somebody may see: those that match a pattern of each union.
 *
 * @param unions none for every repository
 */
public record RepositoryFilter(List<List<RepositoryPattern>> unions) {
  /** Each is asked for each name of a page. */
  private static final int MAX_UNIONS = 8;

  /** Every repository. */
  public static final RepositoryFilter ALL = new RepositoryFilter(List.of());

  /** No repository. */
  public static final RepositoryFilter NONE = new RepositoryFilter(List.of(List.of()));

  public RepositoryFilter {
    if (unions.size() > MAX_UNIONS) {
      throw new IllegalArgumentException(
          "tried to narrow a filter "
              + unions.size()
              + " times but expected at most "
              + MAX_UNIONS);
    }
    unions = unions.stream().map(List::copyOf).toList();
  }

  /** Returns the repositories that match one of the patterns. */
  public static RepositoryFilter of(Collection<RepositoryPattern> patterns) {
    return patterns.stream().anyMatch(RepositoryPattern::matchesAll)
        ? ALL
        : new RepositoryFilter(List.of(patterns.stream().distinct().toList()));
  }

  /** Returns the repositories of both. */
  public RepositoryFilter and(RepositoryFilter other) {
    if (isNone() || other.isNone()) {
      return NONE;
    }
    List<List<RepositoryPattern>> both = new ArrayList<>(unions);
    other.unions.stream().filter(union -> !both.contains(union)).forEach(both::add);
    return new RepositoryFilter(both);
  }

  /** Tells whether it holds every repository; one that happens to may say no. */
  public boolean isAll() {
    return unions.isEmpty();
  }

  /** Tells whether it holds no repository; one that happens not to may say no. */
  public boolean isNone() {
    return unions.stream().anyMatch(List::isEmpty);
  }

  /** Tells whether a repository is one of these. */
  public boolean matches(RepositoryName name) {
    for (List<RepositoryPattern> union : unions) {
      if (!matches(union, name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(List<RepositoryPattern> union, RepositoryName name) {
    for (RepositoryPattern pattern : union) {
      if (pattern.matches(name)) {
        return true;
      }
    }
    return false;
  }
}
