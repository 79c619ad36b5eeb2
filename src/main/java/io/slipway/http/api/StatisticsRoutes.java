package io.slipway.http.api;

import io.slipway.auth.Caller;
import io.slipway.auth.Permission;
import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.http.RequestQuery;
import io.slipway.metadata.RepositoryStatistics;
import io.slipway.metadata.Statistics;
import io.slipway.repository.Page;
import io.slipway.repository.StatisticsService;
import io.slipway.runtime.PercentCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** Tells how much the registry has, in all and by repository: {@code GET /_stats} (R6.5). */
public final class StatisticsRoutes {
  /** Of repositories in one answer. */
  private static final int PAGE = 1000;

  private final StatisticsService statistics;
  private final PublicAddress address;
  private final ErrorResponder errors;

  public StatisticsRoutes(Vertx vertx, StatisticsService statistics, PublicAddress address) {
    this.statistics = statistics;
    this.address = address;
    this.errors = ErrorResponder.ofProblems(vertx);
  }

  /** Adds the route. */
  public void mount(GuardedRoutes routes) {
    routes.add(
        HttpMethod.GET,
        "/_stats",
        new Requirement.AtLeast(Role.VIEWER),
        (exchange, caller) -> tell(exchange.request(), caller));
  }

  private void tell(HttpServerRequest request, Caller caller) {
    try {
      RequestQuery query = RequestQuery.parse(request.query());
      int limit = query.limit(PAGE).orElse(PAGE);
      String after = query.text("last").orElse("");
      Future<Statistics> totals = statistics.totals();
      Future<Page<RepositoryStatistics>> page =
          statistics.repositories(caller.rights().repositories(Permission.PULL), after, limit);
      Future.all(totals, page)
          .onSuccess(ignored -> answer(request, totals.result(), page.result(), limit))
          .onFailure(cause -> errors.fail(request, cause));
    } catch (RuntimeException e) {
      errors.fail(request, e);
    }
  }

  private void answer(
      HttpServerRequest request, Statistics totals, Page<RepositoryStatistics> page, int limit) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
    if (limit > 0 && page.more()) {
      String last = page.items().getLast().name();
      String query = "n=" + limit + "&last=" + PercentCode.encode(last);
      response.putHeader(
          "Link", "<" + address.pathPrefix() + "/_stats?" + query + ">; rel=\"next\"");
    }
    response.end(json(totals, page).toBuffer());
  }

  private static JsonObject json(Statistics totals, Page<RepositoryStatistics> page) {
    JsonArray details = new JsonArray();
    page.items().forEach(repository -> details.add(json(repository)));
    return new JsonObject()
        .put("repositories", totals.repositories())
        .put("images", totals.images())
        .put(
            "layers",
            new JsonObject()
                .put("layers", totals.blobs())
                .put("totalSize", totals.blobBytes())
                .put("cacheHits", totals.pushHits())
                .put("cacheMisses", totals.pushMisses())
                .put("hitRate", totals.pushHitRate()))
        .put("repositoryDetails", details);
  }

  private static JsonObject json(RepositoryStatistics repository) {
    return new JsonObject()
        .put("name", repository.name())
        .put("tags", repository.tags())
        .put("imageCount", repository.images())
        .put("totalSize", repository.bytes())
        .put("lastPush", repository.lastPush().map(Instant::toString).orElse(null));
  }
}
