package io.slipway.auth.audit;

import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;
import java.util.List;

/** Writes every change to the audit log, and to its file when there is one. Thread-safe. */
public final class AuditConsumer implements EventConsumer {
  private final AuditStore store;
  private final AuditFile file;

  public AuditConsumer(AuditStore store, AuditFile file) {
    this.store = store;
    this.file = file;
  }

  @Override
  public String name() {
    return "audit";
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    List<AuditEntry> entries = List.of(AuditEvents.entry(delivery));
    return store.add(entries).onSuccess(ignored -> file.add(entries));
  }
}
