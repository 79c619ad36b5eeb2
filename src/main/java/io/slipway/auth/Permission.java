package io.slipway.auth;

import java.util.Locale;
import java.util.Optional;

/** What may be allowed in a repository (R5.2). */
public enum Permission {
  PULL,
  PUSH,
  DELETE;

  /** Returns the word that policies and tokens use: {@code pull}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds a permission by its word; empty when there is none. */
  public static Optional<Permission> find(String text) {
    return switch (text) {
      case "pull" -> Optional.of(PULL);
      case "push" -> Optional.of(PUSH);
      case "delete" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
