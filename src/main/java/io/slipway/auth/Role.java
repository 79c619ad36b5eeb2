package io.slipway.auth;

import java.util.Locale;
import java.util.Optional;

/**
 * What somebody may do beside repositories, which policies decide about; lowest first. An admin may
 * do everything in every repository too.
 */
public enum Role {
  /** Looks at what concerns the whole registry: statistics. */
  VIEWER,
  /** Also has the registry do work: pushes of local images, scans. */
  ENGINEER,
  /** Also says who may do what, reads the audit log, collects garbage. */
  ADMIN;

  /** Tells whether whoever has this role may do what another one is needed for. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** Returns the word that the API uses: {@code viewer}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds a role by its word; empty when there is none. */
  public static Optional<Role> find(String text) {
    return switch (text) {
      case "viewer" -> Optional.of(VIEWER);
      case "engineer" -> Optional.of(ENGINEER);
      case "admin" -> Optional.of(ADMIN);
      default -> Optional.empty();
    };
  }
}
