package io.slipway.http.api;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcRun;
import io.slipway.gc.GcStoppedException;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.job.JobRun;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Collects garbage when somebody asks for it, and ends it: {@code POST /_gc} (R4.4). */
public final class GcRoutes {
  private static final String RUNS = "/_gc/runs/";

  private final Vertx vertx;
  private final GarbageCollection collection;
  private final Duration wait;
  private final PublicAddress address;
  private final ErrorResponder errors;

  /**
   * Takes what it needs.
   *
   * @param wait how long a request waits for its run before it is told where to look for it
   */
  public GcRoutes(
      Vertx vertx,
      GarbageCollection collection,
      Duration wait,
      PublicAddress address,
      ErrorResponder errors) {
    this.vertx = vertx;
    this.collection = collection;
    this.wait = wait;
    this.address = address;
    this.errors = errors;
  }

  /** Adds the routes. */
  public void mount(GuardedRoutes routes) {
    routes.add(HttpMethod.POST, "/_gc", new Requirement.AtLeast(Role.ADMIN), this::collect);
    routes.add(
        HttpMethod.GET,
        RUNS + ":id",
        new Requirement.AtLeast(Role.ADMIN),
        (exchange, caller) -> show(exchange));
    routes.add(
        HttpMethod.DELETE,
        RUNS + ":id",
        new Requirement.AtLeast(Role.ADMIN),
        (exchange, caller) -> cancel(exchange));
  }

  private void collect(RoutingContext exchange, Caller caller) {
    HttpServerRequest request = exchange.request();
    GcRun run;
    Duration patience;
    try {
      GcQuery query = new GcQuery(exchange.queryParams());
      patience = query.patience(wait);
      run = collection.start(query.options(caller.actor()));
    } catch (RuntimeException e) {
      errors.fail(request, e);
      return;
    }
    Context context = vertx.getOrCreateContext();
    AtomicBoolean answered = new AtomicBoolean();
    long timer =
        vertx.setTimer(
            Math.max(1, patience.toMillis()),
            ignored -> {
              if (!answered.getAndSet(true)) {
                goesOn(request, run);
              }
            });
    run.report()
        .onComplete(
            ignored ->
                context.runOnContext(
                    here -> {
                      vertx.cancelTimer(timer);
                      if (!answered.getAndSet(true)) {
                        ended(request, run);
                      }
                    }));
  }

  private void goesOn(HttpServerRequest request, GcRun run) {
    request.response().putHeader("Location", address.base(request) + RUNS + run.id());
    // Whichever node is asked next has heard of it.
    Context context = vertx.getOrCreateContext();
    run.known()
        .onComplete(
            ignored ->
                context.runOnContext(
                    here -> JsonAnswer.send(errors, request, 202, run.shown().json())));
  }

  private void ended(HttpServerRequest request, GcRun run) {
    if (run.report().failed()) {
      errors.fail(request, cause(run));
    } else {
      JsonAnswer.send(
          errors,
          request,
          200,
          run.report().result().json(run.options().details(), Integer.MAX_VALUE));
    }
  }

  private void show(RoutingContext exchange) {
    answer(exchange.request(), 200, collection.find(id(exchange)));
  }

  /** It ends between two batches: whoever wants to know when looks at it. */
  private void cancel(RoutingContext exchange) {
    answer(exchange.request(), 202, collection.cancel(id(exchange)));
  }

  private static String id(RoutingContext exchange) {
    return String.valueOf(exchange.pathParam("id"));
  }

  /** One that has ended is shown with 200 whatever was asked. */
  private void answer(HttpServerRequest request, int underWay, Future<Optional<JobRun>> looked) {
    looked
        .map(found -> found.orElseThrow(GcRoutes::unknown))
        .onFailure(cause -> errors.fail(request, cause))
        .onSuccess(
            run -> JsonAnswer.send(errors, request, run.isRunning() ? underWay : 200, run.json()));
  }

  private static RegistryException unknown() {
    return new RegistryException(
        ErrorCode.NOT_FOUND,
        "tried to find a collection of garbage but it is none of the last ones");
  }

  private static Throwable cause(GcRun run) {
    Throwable cause = run.report().cause();
    return cause instanceof GcStoppedException stopped
        ? new RegistryException(
            stopped.isCancelled() ? ErrorCode.CONFLICT : ErrorCode.UNAVAILABLE,
            String.valueOf(cause.getMessage()))
        : cause;
  }
}
