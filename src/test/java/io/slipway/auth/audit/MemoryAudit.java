package io.slipway.auth.audit;

import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps entries in memory, unless it is away. */
final class MemoryAudit implements AuditStore {
  final List<AuditEntry> kept = new ArrayList<>();
  boolean away;

  @Override
  public Future<Void> add(List<AuditEntry> entries) {
    if (away) {
      return Future.failedFuture("the database is away");
    }
    kept.addAll(entries);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> add(Transaction transaction, List<AuditEntry> entries) {
    return add(entries);
  }

  @Override
  public Future<AuditPage> page(AuditQuery query) {
    return Future.succeededFuture(new AuditPage(List.of(), Optional.empty()));
  }

  @Override
  public Future<Boolean> deleteOlder(Duration age) {
    return Future.succeededFuture(false);
  }
}
