package io.slipway.auth.audit;

import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** Keeps the audit log. Thread-safe; blocks nothing. */
public interface AuditStore {

  /**
   * Writes entries, all or none; those that are there already stay as they are. A loss of power may
   * take the last of them back.
   */
  Future<Void> add(List<AuditEntry> entries);

  /** Writes entries with a transaction of the same database; those that are there stay. */
  Future<Void> add(Transaction transaction, List<AuditEntry> entries);

  /** Reads some entries; the time it takes does not grow with the log. */
  Future<AuditPage> page(AuditQuery query);

  /**
   * Deletes some of the oldest entries, if they are older than an age; answers whether there may be
   * more of those.
   */
  Future<Boolean> deleteOlder(Duration age);
}
