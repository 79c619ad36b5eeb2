package io.slipway.http.api;

import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.DataSize;
import io.slipway.storage.ScrubReport;
import io.slipway.storage.ScrubRun;
import io.slipway.storage.ScrubRuns;
import io.slipway.storage.ScrubWish;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks all bytes when somebody asks for it, behind the answer: {@code POST /_scrub}, and where
 * that is seen and ended.
 */
public final class ScrubRoutes {
  private static final String RUNS = "/_scrub/runs/";
  private static final Set<String> KNOWN = Set.of("dry_run", "restart", "rate");
  private static final DataSize LEAST = new DataSize(1024);
  private static final DataSize MOST = DataSize.ofMebibytes(1L << 20);

  private final ScrubRuns runs;
  private final PublicAddress address;
  private final ErrorResponder errors;

  public ScrubRoutes(ScrubRuns runs, PublicAddress address, ErrorResponder errors) {
    this.runs = runs;
    this.address = address;
    this.errors = errors;
  }

  /** Adds the routes. */
  public void mount(GuardedRoutes routes) {
    Requirement admin = new Requirement.AtLeast(Role.ADMIN);
    routes.add(HttpMethod.POST, "/_scrub", admin, (exchange, caller) -> begin(exchange));
    routes.add(
        HttpMethod.GET,
        RUNS + ":id",
        admin,
        (exchange, caller) -> show(exchange, 200, runs.find(id(exchange))));
    routes.add(
        HttpMethod.DELETE,
        RUNS + ":id",
        admin,
        (exchange, caller) -> show(exchange, 202, runs.cancel(id(exchange))));
  }

  private static String id(RoutingContext exchange) {
    return String.valueOf(exchange.pathParam("id"));
  }

  private void begin(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    ScrubRun run;
    try {
      run = runs.start(wish(exchange.queryParams()));
    } catch (RuntimeException e) {
      errors.fail(request, e);
      return;
    }
    request.response().putHeader("Location", address.base(request) + RUNS + run.id());
    JsonAnswer.send(request, 202, state(run));
  }

  /** One that has ended is shown with 200 whatever was asked. */
  private void show(RoutingContext exchange, int underWay, Optional<ScrubRun> run) {
    HttpServerRequest request = exchange.request();
    run.ifPresentOrElse(
        found -> JsonAnswer.send(request, found.end().isComplete() ? 200 : underWay, state(found)),
        () ->
            errors.fail(
                request,
                new RegistryException(
                    ErrorCode.NOT_FOUND,
                    "tried to find a scrub but it is none of the last ones of this process")));
  }

  private static JsonObject state(ScrubRun run) {
    ScrubReport report = run.report();
    JsonObject state =
        new JsonObject()
            .put("id", run.id())
            .put("askedAt", run.askedAt())
            .put("status", status(run))
            .put("dryRun", run.wish().dryRun())
            .put("blobs", report.blobs())
            .put("manifests", report.manifests())
            .put("tags", report.tags())
            .put("bytes", report.bytes())
            .put("damaged", report.damaged())
            .put("healed", report.healed())
            .put("copies", report.copies())
            .put("unreadable", report.unreadable())
            .put("details", new JsonArray(run.lines()));
    return run.end().failed() ? state.put("error", run.end().cause().getMessage()) : state;
  }

  private static String status(ScrubRun run) {
    if (!run.end().isComplete()) {
      return "running";
    }
    if (run.end().failed()) {
      return "failed";
    }
    return run.isStopped() ? "cancelled" : "completed";
  }

  private static ScrubWish wish(MultiMap query) {
    for (String name : query.names()) {
      List<String> values = query.getAll(name);
      if (!KNOWN.contains(name) || values.size() > 1) {
        throw refusal(name, values.getFirst(), "dry_run, restart and rate, each once");
      }
    }
    return new ScrubWish(flag(query, "dry_run"), flag(query, "restart"), rate(query));
  }

  private static boolean flag(MultiMap query, String name) {
    String value = query.get(name);
    return switch (value) {
      case null -> false;
      case "true", "" -> true;
      case "false" -> false;
      default -> throw refusal(name, value, "true or false");
    };
  }

  private static Optional<DataSize> rate(MultiMap query) {
    String value = query.get("rate");
    if (value == null) {
      return Optional.empty();
    }
    try {
      DataSize rate = DataSize.parse(value);
      if (rate.compareTo(LEAST) >= 0 && rate.compareTo(MOST) <= 0) {
        return Optional.of(rate);
      }
    } catch (IllegalArgumentException e) {
      // As one out of bounds.
    }
    throw refusal("rate", value, "a size from 1KiB to 1TiB, for example 20MiB");
  }

  private static RegistryException refusal(String name, String value, String expected) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST,
        "tried to begin a scrub but the query says "
            + Quoted.of(name)
            + " = "
            + Quoted.of(value)
            + " and expected is "
            + expected,
        Map.of("parameter", name));
  }
}
