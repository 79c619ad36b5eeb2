package io.slipway.auth.sql;

import io.slipway.auth.audit.AuditEntry;
import io.slipway.auth.audit.AuditOutcome;
import io.slipway.auth.audit.AuditPage;
import io.slipway.auth.audit.AuditPage.Placed;
import io.slipway.auth.audit.AuditPosition;
import io.slipway.auth.audit.AuditQuery;
import io.slipway.auth.audit.AuditStore;
import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Statements;
import io.slipway.database.Transaction;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps the audit log in SQL. */
public final class SqlAudit implements AuditStore {
  private static final int DELETED_AT_ONCE = 1000;
  private static final String ADD =
      """
      INSERT INTO audit
        (event, happened_at, actor, address, action, outcome, repository, digest, subject, times)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (event) DO NOTHING
      """;
  // Once, or its limit would limit nothing: see EventRelay.
  private static final String DELETE =
      "WITH old AS MATERIALIZED (SELECT id FROM audit WHERE happened_at < :now - $1"
          + " ORDER BY happened_at LIMIT "
          + DELETED_AT_ONCE
          + " FOR UPDATE SKIP LOCKED) DELETE FROM audit WHERE id IN (SELECT id FROM old)";

  private final Database database;

  public SqlAudit(Database database) {
    // What a loss of power takes back of changes is on the outbox then, or a delivery.
    this.database = database.relaxed();
  }

  @Override
  public Future<Void> add(List<AuditEntry> entries) {
    return entries.size() == 1
        ? add(database, entries.getFirst())
        : database.transaction(transaction -> add(transaction, entries));
  }

  @Override
  public Future<Void> add(Transaction transaction, List<AuditEntry> entries) {
    return Future.all(entries.stream().map(entry -> add(transaction, entry)).toList()).mapEmpty();
  }

  private static Future<Void> add(Statements statements, AuditEntry entry) {
    return statements
        .update(
            ADD,
            entry.event(),
            entry.at(),
            entry.actor(),
            entry.address(),
            entry.action(),
            entry.outcome().text(),
            entry.repository().map(RepositoryName::text).orElse(null),
            entry.digest().map(Digest::text).orElse(null),
            entry.subject(),
            entry.times())
        .mapEmpty();
  }

  @Override
  public Future<AuditPage> page(AuditQuery query) {
    AuditSelect select = AuditSelect.of(query);
    return database
        .query(select.page(), SqlAudit::placed, select.arguments())
        .compose(found -> next(query, select, found).map(next -> new AuditPage(found, next)));
  }

  private Future<Optional<AuditPosition>> next(
      AuditQuery query, AuditSelect select, List<Placed> found) {
    if (found.size() == query.limit()) {
      return Future.succeededFuture(Optional.of(found.getLast().position()));
    }
    return select.isExact()
        ? Future.succeededFuture(Optional.empty())
        : database.first(select.lastLookedAt(), SqlAudit::position, select.rangeArguments());
  }

  private static AuditPosition position(Row row) {
    return new AuditPosition(row.number("happened_at"), row.number("id"));
  }

  private static Placed placed(Row row) {
    return new Placed(
        position(row),
        new AuditEntry(
            row.string("event"),
            row.number("happened_at"),
            row.string("actor"),
            row.string("address"),
            row.string("action"),
            AuditOutcome.find(row.string("outcome")).orElse(AuditOutcome.FAILED),
            Optional.ofNullable(row.stringOrNull("repository")).flatMap(RepositoryName::find),
            Optional.ofNullable(row.stringOrNull("digest")).flatMap(Digest::find),
            row.string("subject"),
            row.number("times")));
  }

  @Override
  public Future<Boolean> deleteOlder(Duration age) {
    return database
        .forJobs()
        .update(DELETE, age.toMillis())
        .map(deleted -> deleted == DELETED_AT_ONCE);
  }
}
