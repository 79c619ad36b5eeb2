package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.auth.audit.AuditConfig;
import io.slipway.auth.audit.AuditFile;
import io.slipway.auth.audit.Denials;
import io.slipway.auth.sql.SqlAudit;
import io.slipway.database.Database;
import io.slipway.http.AuditedRefusals;
import io.slipway.http.ClientAddress;
import io.slipway.http.Refusals;
import io.vertx.core.Vertx;

/** The audit log of a server: there before its database, for it hears of everything refused. */
final class AuditLog {
  private final Vertx vertx;
  private final AuditConfig config;
  private final AuditFile file;
  private final Denials denials;

  AuditLog(Vertx vertx, AuditConfig config, MeterRegistry meters) {
    this.vertx = vertx;
    this.config = config;
    this.file = new AuditFile(vertx, config.file(), meters);
    this.denials = new Denials(file, meters);
  }

  /** Returns what hears of refusals. */
  Refusals refusals(ClientAddress addresses) {
    return new AuditedRefusals(addresses, denials);
  }

  /** Returns what writes it, once there is a database. */
  AuditJobs on(Database database) {
    return new AuditJobs(vertx, new SqlAudit(database), file, denials, config.retention());
  }
}
