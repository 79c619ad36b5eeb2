package io.slipway.auth.audit;

import java.util.List;
import java.util.Optional;

/**
 * Some entries, newest first.
 *
 * @param next the place to go on at; empty when there are no more. A page may be short and yet have
 *     one, when many entries had to be looked at to find few
 */
public record AuditPage(List<Placed> entries, Optional<AuditPosition> next) {
  public AuditPage {
    entries = List.copyOf(entries);
  }

  /** An entry and where it stands. */
  public record Placed(AuditPosition position, AuditEntry entry) {}
}
