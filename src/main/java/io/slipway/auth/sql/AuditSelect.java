package io.slipway.auth.sql;

import io.slipway.auth.audit.AuditOutcome;
import io.slipway.auth.audit.AuditPosition;
import io.slipway.auth.audit.AuditQuery;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statement for a page of the audit log: it walks a range of one index, and what other filters
 * leave out of it is bounded, so that no combination of filters reads the whole log.
 */
final class AuditSelect {
  /** Entries that one page looks at. */
  static final int LOOKED_AT = 5000;

  private static final String COLUMNS =
      "id, event, happened_at, actor, address, action, outcome, repository, digest, subject, times";

  /** A column that is asked for, and the value it must have. */
  private record Filter(String column, String value) {}

  private final String range;
  private final String order;
  private final List<@Nullable Object> rangeArguments = new ArrayList<>();
  private final List<@Nullable Object> arguments = new ArrayList<>();
  private final String page;
  private final boolean exact;

  private AuditSelect(List<Filter> filters, long since, AuditPosition end, int limit) {
    rangeArguments.addAll(List.of(end.at(), end.id(), since));
    if (filters.isEmpty()) {
      order = "happened_at DESC, id DESC";
      range = "FROM audit WHERE (happened_at, id) < ($1, $2) AND happened_at >= $3";
    } else {
      // Without "= $4": a planner would then take the index of times for as good, and look through
      // all of it for somebody who did nothing lately.
      String lead = filters.getFirst().column();
      rangeArguments.add(filters.getFirst().value());
      order = lead + " DESC, happened_at DESC, id DESC";
      String key = "(" + lead + ", happened_at, id)";
      range =
          ("FROM audit WHERE " + key + " < ($4, $1, $2) AND " + key + " >= ($4, $3, 0)")
              + (" AND " + lead + " IS NOT NULL");
    }
    arguments.addAll(rangeArguments);
    exact = filters.size() < 2;
    String source =
        exact
            ? range
            : "FROM (SELECT " + COLUMNS + " " + ordered(LOOKED_AT) + ") AS looked_at WHERE ";
    StringBuilder others = new StringBuilder();
    for (Filter filter : filters.subList(Math.min(1, filters.size()), filters.size())) {
      arguments.add(filter.value());
      others.append(others.isEmpty() ? "" : " AND ");
      others.append(filter.column()).append(" = $").append(arguments.size());
    }
    arguments.add(limit);
    page =
        "SELECT %s %s%s ORDER BY %s LIMIT $%d"
            .formatted(COLUMNS, source, others, order, arguments.size());
  }

  static AuditSelect of(AuditQuery query) {
    // The one that most likely leaves most out comes first: its index is walked.
    List<Filter> filters = new ArrayList<>();
    add(filters, "digest", query.digest().map(Digest::text));
    add(filters, "repository", query.repository().map(RepositoryName::text));
    add(filters, "actor", query.actor());
    add(filters, "action", query.action());
    add(filters, "outcome", query.outcome().map(AuditOutcome::text));
    long since = query.since().map(Instant::toEpochMilli).orElse(0L);
    AuditPosition end = query.before().orElse(AuditPosition.END);
    long until = query.until().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    return new AuditSelect(
        filters, since, until < end.at() ? new AuditPosition(until, 0) : end, query.limit());
  }

  private static void add(List<Filter> filters, String column, Optional<String> value) {
    value.ifPresent(text -> filters.add(new Filter(column, text)));
  }

  private String ordered(int limit) {
    return range + " ORDER BY " + order + " LIMIT " + limit;
  }

  /** Tells whether everything it looks at is wanted. */
  boolean isExact() {
    return exact;
  }

  /** Returns the statement for {@link #arguments()}. */
  String page() {
    return page;
  }

  /**
   * Returns the statement for {@link #rangeArguments()} that finds the last entry looked at, if
   * there may be more behind it.
   */
  String lastLookedAt() {
    return "SELECT happened_at, id " + ordered(1) + " OFFSET " + (LOOKED_AT - 1);
  }

  @Nullable Object[] arguments() {
    return arguments.toArray();
  }

  @Nullable Object[] rangeArguments() {
    return rangeArguments.toArray();
  }
}
