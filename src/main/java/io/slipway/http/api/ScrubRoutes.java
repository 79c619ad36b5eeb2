package io.slipway.http.api;

import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.job.JobRun;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.DataSize;
import io.slipway.storage.ScrubRuns;
import io.slipway.storage.ScrubWish;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
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

  private final Vertx vertx;
  private final ScrubRuns runs;
  private final PublicAddress address;
  private final ErrorResponder errors;

  public ScrubRoutes(Vertx vertx, ScrubRuns runs, PublicAddress address, ErrorResponder errors) {
    this.vertx = vertx;
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
    ScrubWish wish;
    try {
      wish = wish(exchange.queryParams());
    } catch (RuntimeException e) {
      errors.fail(request, e);
      return;
    }
    Context context = vertx.getOrCreateContext();
    runs.start(wish).onComplete(begun -> context.runOnContext(ignored -> answer(request, begun)));
  }

  private void answer(HttpServerRequest request, AsyncResult<JobRun> begun) {
    if (begun.failed()) {
      errors.fail(request, begun.cause());
      return;
    }
    JobRun run = begun.result();
    request.response().putHeader("Location", address.base(request) + RUNS + run.id());
    JsonAnswer.send(errors, request, 202, run.json());
  }

  /** One that has ended is shown with 200 whatever was asked. */
  private void show(RoutingContext exchange, int underWay, Future<Optional<JobRun>> looked) {
    HttpServerRequest request = exchange.request();
    looked
        .map(found -> found.orElseThrow(ScrubRoutes::unknown))
        .onFailure(cause -> errors.fail(request, cause))
        .onSuccess(
            run -> JsonAnswer.send(errors, request, run.isRunning() ? underWay : 200, run.json()));
  }

  private static RegistryException unknown() {
    return new RegistryException(
        ErrorCode.NOT_FOUND, "tried to find a scrub but it is none of the last ones");
  }

  private static ScrubWish wish(MultiMap parameters) {
    JobQuery query =
        new JobQuery(parameters, "begin a scrub", KNOWN, "dry_run, restart and rate, each once");
    Optional<DataSize> rate =
        query.value(
            "rate",
            DataSize::parse,
            asked -> asked.compareTo(LEAST) >= 0 && asked.compareTo(MOST) <= 0,
            "a size from 1KiB to 1TiB, for example 20MiB");
    return new ScrubWish(query.flag("dry_run"), query.flag("restart"), rate);
  }
}
