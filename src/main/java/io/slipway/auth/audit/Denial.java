package io.slipway.auth.audit;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.Optional;

/**
 * What was refused to whom; those that are equal are counted and not kept one by one.
 *
 * @param actor the name they have, or gave; empty when nobody knows
 * @param action what they wanted: a permission, {@code catalog} or {@code request}
 * @param request its method and path
 */
public record Denial(
    String actor,
    String address,
    String action,
    AuditOutcome outcome,
    Optional<RepositoryName> repository,
    Optional<Digest> digest,
    String request) {
  /** Cuts and escapes what the client wrote. */
  public Denial {
    actor = AuditText.of(actor, AuditText.MAX_ACTOR);
    request = AuditText.of(request, 512);
  }

  /** Returns what stands for all that one source was refused beyond what is kept of it. */
  Denial others() {
    return new Denial(
        "", address, "request", outcome, Optional.empty(), Optional.empty(), "others");
  }
}
