package io.slipway.http.api;

import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.auth.audit.AuditOutcome;
import io.slipway.auth.audit.AuditPage;
import io.slipway.auth.audit.AuditPosition;
import io.slipway.auth.audit.AuditQuery;
import io.slipway.auth.audit.AuditStore;
import io.slipway.http.RequestQuery;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.runtime.PercentCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Tells who did what and who was refused: {@code GET /api/v1/audit} (R5.4), newest first. */
final class AuditOperations {
  private static final String PATH = "/api/v1/audit";
  private static final int USUAL = 100;
  private static final String LAST = "last";

  /** What a page has in common with the next one. */
  private static final List<String> FILTERS =
      List.of("actor", "action", "outcome", "repository", "digest", "since", "until");

  private final AuditStore store;

  AuditOperations(AuditStore store) {
    this.store = store;
  }

  List<AccessOperation> all() {
    return List.of(
        new AccessOperation(HttpMethod.GET, PATH, new Requirement.AtLeast(Role.ADMIN), this::list));
  }

  private Future<AccessReply> list(AccessCall call) {
    RequestQuery query = call.query();
    int limit = query.limit(AccessPages.LIMIT).orElse(USUAL);
    return limit == 0
        ? Future.succeededFuture(AccessReply.page(new JsonArray(), Optional.empty()))
        : store.page(read(query, limit)).map(page -> reply(page, query, limit));
  }

  private static AuditQuery read(RequestQuery query, int limit) {
    return new AuditQuery(
        query.text("actor"),
        query.text("action"),
        read(query, "outcome", AuditOutcome::find, "one of " + outcomes()),
        read(query, "repository", RepositoryName::find, "the name of a repository"),
        read(query, "digest", Digest::find, "a digest"),
        read(query, "since", AuditOperations::time, "a time like 2030-01-31T12:00:00Z"),
        read(query, "until", AuditOperations::time, "a time like 2030-01-31T12:00:00Z"),
        read(query, LAST, AuditPosition::find, "the id of an entry"),
        limit);
  }

  private static List<String> outcomes() {
    return List.of(AuditOutcome.values()).stream().map(AuditOutcome::text).toList();
  }

  private static <T> Optional<T> read(
      RequestQuery query, String name, Function<String, Optional<T>> parser, String expected) {
    return query
        .text(name)
        .map(
            text ->
                parser
                    .apply(text)
                    .orElseThrow(
                        () ->
                            new RegistryException(
                                ErrorCode.BAD_REQUEST,
                                "tried to read the query but "
                                    + name
                                    + " is "
                                    + Quoted.of(text)
                                    + " and not "
                                    + expected,
                                Map.of("parameter", name))));
  }

  /** A time whose milliseconds are no number is none here. */
  private static Optional<Instant> time(String text) {
    try {
      Instant time = Instant.parse(text);
      return time.toEpochMilli() >= 0 ? Optional.of(time) : Optional.empty();
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static AccessReply reply(AuditPage page, RequestQuery query, int limit) {
    JsonArray items = new JsonArray();
    page.entries()
        .forEach(
            placed -> {
              JsonObject json = new JsonObject().put("id", placed.position().text());
              items.add(json.mergeIn(placed.entry().json()));
            });
    return AccessReply.page(items, page.next().map(next -> target(query, limit, next)));
  }

  private static String target(RequestQuery query, int limit, AuditPosition next) {
    StringBuilder target = new StringBuilder(PATH).append('?');
    for (String filter : FILTERS) {
      query
          .text(filter)
          .ifPresent(
              text ->
                  target.append(filter).append('=').append(PercentCode.encode(text)).append('&'));
    }
    return target.append("n=").append(limit).append("&last=").append(next.text()).toString();
  }
}
