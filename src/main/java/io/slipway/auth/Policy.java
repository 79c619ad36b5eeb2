package io.slipway.auth;

import io.slipway.oci.RepositoryPattern;
import java.time.Instant;
import java.util.Set;

/**
 * Allows something to somebody in some repositories (R5.2); nothing forbids.
 *
 * @param createdAt when it was first written
 */
public record Policy(
    RepositoryPattern repository, Subject subject, Set<Permission> permissions, Instant createdAt) {
  public Policy {
    permissions = Set.copyOf(permissions);
  }
}
