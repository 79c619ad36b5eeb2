package io.slipway.auth.audit;

import io.slipway.database.Transaction;
import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes every change to the audit log, and to its file when there is one. Thread-safe.
 *
 * <p>Delivered is only what could not be taken: what a newer release wrote, which this program
 * cannot read, and what was beside a failure.
 */
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
  public Future<List<EventDelivery>> take(Transaction transaction, List<EventDelivery> events) {
    List<AuditEntry> entries = new ArrayList<>();
    List<EventDelivery> unknown = new ArrayList<>();
    for (EventDelivery event : events) {
      AuditEvents.find(event).ifPresentOrElse(entries::add, () -> unknown.add(event));
    }
    return store.add(transaction, entries).map(unknown);
  }

  @Override
  public void taken(List<EventDelivery> events) {
    if (file.isWanted()) {
      file.add(events.stream().map(AuditEvents::find).flatMap(Optional::stream).toList());
    }
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    List<AuditEntry> entries = List.of(AuditEvents.entry(delivery));
    return store.add(entries).onSuccess(ignored -> file.add(entries));
  }
}
