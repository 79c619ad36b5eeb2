package io.slipway.auth.audit;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.time.Instant;
import java.util.Optional;

/**
 * Which entries somebody wants to see; what is empty leaves nothing out.
 *
 * @param since the first time
 * @param until the first time that is too late
 * @param before entries older than the one at this place only
 * @param limit at most so many, at least 1
 */
public record AuditQuery(
    Optional<String> actor,
    Optional<String> action,
    Optional<AuditOutcome> outcome,
    Optional<RepositoryName> repository,
    Optional<Digest> digest,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<AuditPosition> before,
    int limit) {

  /** Asks for the newest entries. */
  public static AuditQuery newest(int limit) {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }
}
