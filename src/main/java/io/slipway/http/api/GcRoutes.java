package io.slipway.http.api;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.slipway.auth.Role;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcReport;
import io.slipway.gc.GcRun;
import io.slipway.gc.GcStoppedException;
import io.slipway.http.ErrorResponder;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.PublicAddress;
import io.slipway.metadata.DeadBlob;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
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
      patience = GcQuery.patience(exchange.queryParams(), wait);
      run = collection.start(GcQuery.parse(exchange.queryParams(), caller.actor()));
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
    JsonAnswer.send(request, 202, state(run));
  }

  private void ended(HttpServerRequest request, GcRun run) {
    if (run.report().failed()) {
      errors.fail(request, cause(run));
    } else {
      JsonAnswer.send(request, 200, result(run.report().result(), run.options().details()));
    }
  }

  private void show(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    collection
        .find(id(exchange))
        .ifPresentOrElse(run -> JsonAnswer.send(request, 200, state(run)), () -> unknown(request));
  }

  /** It ends between two batches: whoever wants to know when looks at it. */
  private void cancel(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    collection
        .cancel(id(exchange))
        .ifPresentOrElse(
            run -> JsonAnswer.send(request, run.report().isComplete() ? 200 : 202, state(run)),
            () -> unknown(request));
  }

  private static String id(RoutingContext exchange) {
    return String.valueOf(exchange.pathParam("id"));
  }

  private void unknown(HttpServerRequest request) {
    errors.fail(
        request,
        new RegistryException(
            ErrorCode.NOT_FOUND,
            "tried to find a collection of garbage but it is none of the last ones of this"
                + " process"));
  }

  private static JsonObject state(GcRun run) {
    JsonObject state = new JsonObject().put("id", run.id()).put("askedAt", run.askedAt());
    if (!run.report().isComplete()) {
      return state.put("status", "running");
    }
    if (run.report().succeeded()) {
      return state
          .put("status", "completed")
          .mergeIn(result(run.report().result(), run.options().details()));
    }
    boolean cancelled =
        run.report().cause() instanceof GcStoppedException stopped && stopped.isCancelled();
    return state
        .put("status", cancelled ? "cancelled" : "failed")
        .put("error", cause(run).getMessage());
  }

  private static Throwable cause(GcRun run) {
    Throwable cause = run.report().cause();
    return cause instanceof GcStoppedException stopped
        ? new RegistryException(
            stopped.isCancelled() ? ErrorCode.CONFLICT : ErrorCode.UNAVAILABLE,
            String.valueOf(cause.getMessage()))
        : cause;
  }

  private static JsonObject result(GcReport report, boolean details) {
    JsonObject result =
        new JsonObject().put("deletedLayers", report.blobs()).put("reclaimedBytes", report.bytes());
    if (!details) {
      return result;
    }
    JsonArray blobs = new JsonArray();
    report
        .deadBlobs()
        .forEach(
            blob ->
                blobs.add(
                    new JsonObject()
                        .put("digest", blob.digest().text())
                        .put("size", blob.size())
                        .put("reason", DeadBlob.REASON)));
    JsonArray manifests = new JsonArray();
    report
        .deadManifests()
        .forEach(
            manifest ->
                manifests.add(
                    new JsonObject()
                        .put("repository", manifest.repository().text())
                        .put("digest", manifest.digest().text())
                        .put("reason", "no tag, index or subject holds it")));
    return result.put("details", blobs).put("manifests", manifests);
  }
}
