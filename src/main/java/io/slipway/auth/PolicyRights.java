package io.slipway.auth;

import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.RepositoryPattern;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the policies about one caller allow. */
final class PolicyRights implements Rights {
  private final Map<Permission, List<RepositoryPattern>> patterns = new EnumMap<>(Permission.class);
  private final Map<Permission, RepositoryFilter> filters = new EnumMap<>(Permission.class);

  /** Takes the policies about the caller, and no others. */
  PolicyRights(List<Policy> policies) {
    for (Permission permission : Permission.values()) {
      List<RepositoryPattern> allowed =
          policies.stream()
              .filter(policy -> policy.permissions().contains(permission))
              .map(Policy::repository)
              .distinct()
              .toList();
      patterns.put(permission, allowed);
      filters.put(permission, RepositoryFilter.of(allowed));
    }
  }

  @Override
  public boolean allow(Permission permission, RepositoryName repository) {
    for (RepositoryPattern pattern : patterns.getOrDefault(permission, List.of())) {
      if (pattern.matches(repository)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public RepositoryFilter repositories(Permission permission) {
    return filters.getOrDefault(permission, RepositoryFilter.NONE);
  }

  @Override
  public boolean allowCatalog() {
    return !patterns.getOrDefault(Permission.PULL, List.of()).isEmpty();
  }
}
