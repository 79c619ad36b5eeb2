package io.slipway.http;

import io.slipway.auth.Caller;
import io.slipway.auth.Requirement;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Adds routes to the main port, each with what its caller must be allowed: there is no other way to
 * add one.
 */
public final class GuardedRoutes {
  /** What was declared for one route. */
  public record Declared(HttpMethod method, String path, Requirement requirement) {}

  private final Router router;
  private final Gate gate;
  private final List<Declared> declared;

  /** Adds to a router behind a gate. */
  public GuardedRoutes(Router router, Gate gate) {
    this(router, gate, new ArrayList<>());
  }

  private GuardedRoutes(Router router, Gate gate, List<Declared> declared) {
    this.router = router;
    this.gate = gate;
    this.declared = declared;
  }

  /**
   * Returns what adds to the same router behind another gate; what is declared is told together.
   */
  public GuardedRoutes behind(Gate other) {
    return new GuardedRoutes(router, other, declared);
  }

  /**
   * Adds a route.
   *
   * @param path as vertx-web takes it, with {@code :parameters}
   * @param handler called on the event loop of the request, with its caller
   */
  public void add(
      HttpMethod method,
      String path,
      Requirement requirement,
      BiConsumer<RoutingContext, Caller> handler) {
    declared.add(new Declared(method, path, requirement));
    router
        .route(method, path)
        .handler(
            exchange ->
                gate.admit(
                    exchange.request(), requirement, caller -> handler.accept(exchange, caller)));
  }

  /**
   * Adds a route that is the same for everybody, so that nobody is asked who they are: credentials
   * are not looked at, and cannot be guessed here, where no limit by address holds.
   */
  public void addForAnybody(HttpMethod method, String path, Handler<RoutingContext> handler) {
    declared.add(new Declared(method, path, Requirement.Plain.NOTHING));
    router.route(method, path).handler(handler);
  }

  /** Returns what was declared so far, in its order. */
  public List<Declared> declared() {
    return List.copyOf(declared);
  }
}
