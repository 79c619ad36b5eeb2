package io.slipway.auth.token;

import io.slipway.auth.Permission;
import io.slipway.auth.Rights;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a token is good for, which is not yet what its holder may do: rights are what both allow.
 * Immutable.
 *
 * @param repositories the permissions in each, by name
 * @param catalog whether repositories may be listed
 */
record TokenAccess(Map<RepositoryName, Set<Permission>> repositories, boolean catalog) {
  private static final String REPOSITORY = "repository";
  private static final String REGISTRY = "registry";
  private static final String CATALOG = "catalog";
  private static final String ALL = "*";
  private static final String TYPE = "type";
  private static final String NAME = "name";
  private static final String ACTIONS = "actions";

  TokenAccess {
    repositories = Map.copyOf(repositories);
  }

  /** Returns what was asked for as far as it is allowed; what is not known is left out. */
  static TokenAccess granted(Collection<Scope> asked, Rights rights) {
    Map<RepositoryName, Set<Permission>> repositories = new LinkedHashMap<>();
    boolean catalog = false;
    for (Scope scope : asked) {
      catalog |= isCatalog(scope) && rights.allowCatalog();
      Optional<RepositoryName> name = repository(scope);
      Set<Permission> allowed =
          name.isEmpty()
              ? Set.of()
              : permissions(scope.actions()).stream()
                  .filter(permission -> rights.allow(permission, name.get()))
                  .collect(Collectors.toSet());
      if (!allowed.isEmpty()) {
        add(repositories, name.orElseThrow(), allowed);
      }
    }
    return new TokenAccess(repositories, catalog);
  }

  /** Reads the claim {@code access}; entries that are not known allow nothing. */
  static TokenAccess read(Object claim) {
    List<Scope> scopes = new ArrayList<>();
    if (claim instanceof List<?> entries) {
      entries.forEach(entry -> scope(entry).ifPresent(scopes::add));
    }
    return granted(scopes, Rights.ALL);
  }

  private static Optional<Scope> scope(Object entry) {
    return entry instanceof Map<?, ?> fields
            && fields.get(TYPE) instanceof String type
            && fields.get(NAME) instanceof String name
            && fields.get(ACTIONS) instanceof List<?> actions
        ? Optional.of(
            new Scope(
                type,
                name,
                actions.stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .collect(Collectors.toSet())))
        : Optional.empty();
  }

  private static boolean isCatalog(Scope scope) {
    return scope.type().equals(REGISTRY)
        && scope.name().equals(CATALOG)
        && scope.actions().contains(ALL);
  }

  private static Optional<RepositoryName> repository(Scope scope) {
    return scope.type().equals(REPOSITORY) ? RepositoryName.find(scope.name()) : Optional.empty();
  }

  private static Set<Permission> permissions(Set<String> actions) {
    return actions.contains(ALL)
        ? EnumSet.allOf(Permission.class)
        : actions.stream()
            .flatMap(action -> Permission.find(action).stream())
            .collect(Collectors.toSet());
  }

  private static void add(
      Map<RepositoryName, Set<Permission>> repositories,
      RepositoryName name,
      Set<Permission> more) {
    Set<Permission> all = EnumSet.copyOf(more);
    all.addAll(repositories.getOrDefault(name, Set.of()));
    repositories.put(name, Set.copyOf(all));
  }

  /** Returns the claim {@code access}. */
  List<Map<String, Object>> claim() {
    List<Map<String, Object>> entries = new ArrayList<>();
    repositories.forEach(
        (name, permissions) -> entries.add(entry(REPOSITORY, name.text(), words(permissions))));
    if (catalog) {
      entries.add(entry(REGISTRY, CATALOG, List.of(ALL)));
    }
    return entries;
  }

  private static Map<String, Object> entry(String type, String name, List<String> actions) {
    return Map.of(TYPE, type, NAME, name, ACTIONS, actions);
  }

  private static List<String> words(Set<Permission> permissions) {
    return permissions.stream().sorted().map(Permission::text).toList();
  }

  /** Returns it as a list of scopes with spaces between. */
  String scope() {
    List<String> scopes = new ArrayList<>();
    repositories.forEach(
        (name, permissions) ->
            scopes.add(REPOSITORY + ":" + name + ":" + String.join(",", words(permissions))));
    if (catalog) {
      scopes.add(REGISTRY + ":" + CATALOG + ":" + ALL);
    }
    return String.join(" ", scopes);
  }

  /** Returns what may be done that both this and the rights of its holder allow. */
  Rights within(Rights holder) {
    return new Narrowed(this, holder, true);
  }

  /** Returns what a token of another server allows, which alone knows what it would grant. */
  Rights alone() {
    return new Narrowed(this, Rights.ALL, false);
  }

  /** Rights of somebody who holds a token. */
  private record Narrowed(TokenAccess access, Rights holder, boolean holderIsKnown)
      implements Rights {
    @Override
    public boolean couldAllow(Permission permission, RepositoryName repository) {
      return holderIsKnown ? holder.allow(permission, repository) : allow(permission, repository);
    }

    @Override
    public boolean allow(Permission permission, RepositoryName repository) {
      return access.repositories.getOrDefault(repository, Set.of()).contains(permission)
          && holder.allow(permission, repository);
    }

    @Override
    public RepositoryFilter repositories(Permission permission) {
      List<RepositoryPattern> named =
          access.repositories.entrySet().stream()
              .filter(entry -> entry.getValue().contains(permission))
              .map(entry -> RepositoryPattern.of(entry.getKey()))
              .toList();
      return RepositoryFilter.of(named).and(holder.repositories(permission));
    }

    @Override
    public boolean allowCatalog() {
      return access.catalog && holder.allowCatalog();
    }

    @Override
    public RepositoryFilter catalog() {
      return access.catalog ? holder.catalog() : RepositoryFilter.NONE;
    }
  }
}
