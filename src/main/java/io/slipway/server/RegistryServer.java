package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.auth.AccessAdministration;
import io.slipway.auth.AuthConfig;
import io.slipway.auth.sql.SqlAudit;
import io.slipway.auth.token.TokenConfig;
import io.slipway.database.Database;
import io.slipway.event.EventRecovery;
import io.slipway.gc.GarbageCollection;
import io.slipway.http.AccessLog;
import io.slipway.http.Callers;
import io.slipway.http.CertificateWatch;
import io.slipway.http.Challenge;
import io.slipway.http.ClientAddress;
import io.slipway.http.ErrorResponder;
import io.slipway.http.FrontHandler;
import io.slipway.http.FrontRoutes;
import io.slipway.http.Gate;
import io.slipway.http.GuardedRoutes;
import io.slipway.http.HostGuard;
import io.slipway.http.HttpVerticle;
import io.slipway.http.LastAnswers;
import io.slipway.http.PublicAddress;
import io.slipway.http.RateLimits;
import io.slipway.http.RequestObserver;
import io.slipway.http.ServerOptions;
import io.slipway.http.StrictTransportSecurity;
import io.slipway.http.api.AccessOperations;
import io.slipway.http.api.AccessRoutes;
import io.slipway.http.api.GcRoutes;
import io.slipway.http.api.ScrubRoutes;
import io.slipway.http.api.StatisticsRoutes;
import io.slipway.http.api.TokenRoutes;
import io.slipway.http.ops.HealthRoutes;
import io.slipway.http.ops.OpsVerticle;
import io.slipway.http.v2.RegistryApi;
import io.slipway.runtime.Health;
import io.slipway.runtime.Health.Kind;
import io.slipway.runtime.Metrics;
import io.slipway.server.cluster.ClusterNode;
import io.slipway.storage.ScrubRuns;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the registry in this process. */
public final class RegistryServer {
  private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final RegistryConfig config;
  private final Optional<ClusterNode> cluster;
  private final ClientAddress addresses;
  private final ErrorResponder errors;
  private final AuditLog audit;
  private final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private final AtomicBoolean draining = new AtomicBoolean();
  private final List<String> listeners = new ArrayList<>();
  private List<GuardedRoutes.Declared> routes = List.of();
  private int port;
  private OptionalInt opsPort = OptionalInt.empty();
  private @Nullable RegistryStores stores;
  private @Nullable Nodes nodes;
  private @Nullable Jobs jobs;
  private Optional<Access> access = Optional.empty();
  private @Nullable CertificateWatch certificates;

  private RegistryServer(Vertx vertx, RegistryConfig config, Optional<ClusterNode> cluster) {
    this.vertx = vertx;
    this.config = config;
    this.cluster = cluster;
    cluster.ifPresent(node -> node.observe(metrics.registry()));
    this.audit = new AuditLog(vertx, config.audit(), metrics.registry());
    this.addresses = new ClientAddress(config.http());
    this.errors = new ErrorResponder(vertx, audit.refusals(addresses));
  }

  /**
   * Starts a registry; the future fails, and nothing is left running, when it cannot.
   *
   * @param onFatal told, on any thread, when nothing works any more: the process should end
   */
  public static Future<RegistryServer> start(RegistryConfig config, Consumer<Throwable> onFatal) {
    Promise<RegistryServer> started = Promise.promise();
    make(config)
        .onFailure(started::fail)
        .onSuccess(
            server ->
                server
                    .start(onFatal)
                    .onSuccess(ignored -> started.complete(server))
                    .onFailure(cause -> server.stop().onComplete(ignored -> started.fail(cause))));
    return started.future();
  }

  private static Future<RegistryServer> make(RegistryConfig config) {
    return config.cluster().enabled()
        ? ClusterNode.join(config.cluster(), ServerVertx.bootstrap())
            .map(node -> new RegistryServer(node.vertx(), config, Optional.of(node)))
        : Future.succeededFuture(new RegistryServer(ServerVertx.alone(), config, Optional.empty()));
  }

  private Future<Void> start(Consumer<Throwable> onFatal) {
    return readCertificates()
        .compose(ignored -> RegistryStores.open(vertx, config, metrics, onFatal))
        .compose(
            opened -> {
              stores = opened;
              return opened.bytes().node(vertx);
            })
        .compose(node -> join(node, onFatal))
        // After this node said that it is there: a rebuild that finds nobody is found here.
        .compose(joined -> MetadataGuard.of(requireNonNull(stores)).check().map(joined))
        .compose(joined -> serve(requireNonNull(stores), joined))
        .compose(ignored -> listenOps())
        .onSuccess(ignored -> watchCertificates())
        .compose(ignored -> tellAddress())
        .onSuccess(ignored -> vertx.executeBlocking(this::observeJvm, false));
  }

  /** Says to others on the same database that this node is there. */
  private Future<Nodes> join(String node, Consumer<Throwable> onFatal) {
    Database database = requireNonNull(stores).metadata().database();
    cluster.ifPresent(others -> others.onGone(new EventRecovery(database)::ofMember));
    return Nodes.of(
            vertx, database, node, () -> cluster.map(ClusterNode::member).orElse(""), onFatal)
        .compose(
            joined -> {
              nodes = joined;
              return config.isShared() ? joined.beat().map(joined) : Future.succeededFuture(joined);
            });
  }

  private Future<Void> serve(RegistryStores opened, Nodes joined) {
    String node = joined.id();
    UseCases registry = UseCases.of(vertx, config, opened, node, cluster, metrics.registry());
    GarbageJob garbage = new GarbageJob(vertx, config, opened, node, metrics.registry());
    ScrubJob scrub = new ScrubJob(vertx, opened, config.scrub(), node, metrics.registry());
    registerChecks(opened);
    return registry
        .recover(vertx)
        .compose(ignored -> Access.open(vertx, config.auth(), opened))
        .onSuccess(checked -> access = checked)
        .onSuccess(
            ignored ->
                jobs =
                    Jobs.start(
                        vertx,
                        opened,
                        registry,
                        garbage,
                        scrub,
                        audit,
                        joined,
                        config.isShared(),
                        metrics.registry()))
        .compose(ignored -> listen(registry, garbage.collection(), scrub.runs()));
  }

  /** For commands on this machine, which ask the server instead of working on its files. */
  private Future<Void> tellAddress() {
    return vertx
        .executeBlocking(
            () -> {
              requireNonNull(stores).bytes().folder().serves(config.address(port));
              return true;
            },
            false)
        .mapEmpty();
  }

  private boolean observeJvm() {
    Logging.register(metrics.registry());
    metrics.observeJvm();
    return true;
  }

  private void registerChecks(RegistryStores opened) {
    health.register(
        Kind.READINESS,
        "serving",
        CHECK_TIMEOUT,
        () ->
            draining.get()
                ? Future.failedFuture("the server is stopping")
                : Future.succeededFuture());
    health.register(
        Kind.READINESS,
        "database",
        CHECK_TIMEOUT,
        () -> opened.metadata().database().query("SELECT 1 AS one", row -> row.number("one")));
    cluster.ifPresent(
        node -> health.register(Kind.READINESS, "cluster", CHECK_TIMEOUT, node::check));
  }

  private Future<Void> listen(UseCases registry, GarbageCollection garbage, ScrubRuns scrubs) {
    RateLimits limits = new RateLimits(config.http().rateLimit(), addresses, metrics.registry());
    Handler<HttpServerRequest> guarded =
        new HostGuard(
            config.http(), !config.auth().isOn(), errors, front(registry, garbage, scrubs, limits));
    Handler<HttpServerRequest> limited =
        new LastAnswers(draining::get, limits.guard(guarded, errors));
    Handler<HttpServerRequest> requests =
        new RequestObserver(
            StrictTransportSecurity.of(config.http().tls(), limited),
            new AccessLog(config.http().accessLog()),
            metrics.registry());
    // To Vert.x, 0 is a free port for each instance, and a negative one a free port for all.
    int wanted = config.http().port() == 0 ? -1 : config.http().port();
    HttpVerticle first = http(wanted, requests);
    Future<Void> listening =
        deploy(first)
            .onSuccess(
                ignored -> {
                  port = first.port();
                  if (certificates != null) {
                    certificates.tell(first);
                  }
                });
    for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
      listening = listening.compose(ignored -> deploy(http(wanted, requests)));
    }
    return listening;
  }

  private Handler<HttpServerRequest> front(
      UseCases registry, GarbageCollection garbage, ScrubRuns scrubs, RateLimits limits) {
    PublicAddress address = new PublicAddress(config.http());
    Callers callers =
        new Callers(
            access.map(Access::authenticator).orElse(null), config.http(), addresses, limits);
    Router router = Router.router(vertx);
    GuardedRoutes others =
        new GuardedRoutes(router, new Gate(callers, new Challenge.Basic(), errors.ofProblems()));
    FrontRoutes.mount(others, new HealthRoutes(health));
    new GcRoutes(vertx, garbage, config.gc().httpWait(), address, errors).mount(others);
    new ScrubRoutes(vertx, scrubs, address, errors).mount(others);
    new StatisticsRoutes(vertx, registry.statistics(), address).mount(others);
    access
        .flatMap(Access::tokenServer)
        .ifPresent(
            tokens ->
                new TokenRoutes(vertx, callers, tokens, errors)
                    .mount(others.behind(new Gate(callers, new Challenge.Basic(), errors))));
    new AccessRoutes(
            new AccessOperations(
                administration(), new SqlAudit(requireNonNull(stores).metadata().database())),
            address,
            errors.ofProblems())
        .mount(others);
    routes = others.declared();
    RegistryApi api =
        new RegistryApi(
            vertx,
            registry.services(),
            address,
            new Gate(callers, challenge(address), errors),
            errors,
            config.storage().delete().enabled());
    return new FrontHandler(api, router, errors);
  }

  private Challenge challenge(PublicAddress address) {
    if (config.auth().mode() != AuthConfig.Mode.TOKEN) {
      return new Challenge.Basic();
    }
    TokenConfig tokens = config.auth().token();
    String other = tokens.external().service();
    return new Challenge.Bearer(
        address,
        Optional.ofNullable(tokens.external().realm()),
        other == null ? tokens.service() : other);
  }

  private AccessAdministration administration() {
    return Access.administration(
        vertx, config.auth(), requireNonNull(stores).metadata().database(), access);
  }

  private HttpVerticle http(int onPort, Handler<HttpServerRequest> requests) {
    return new HttpVerticle(
        ServerOptions.of(config.http(), certificates).setPort(onPort),
        requests,
        config.drain().timeout());
  }

  private Future<Void> readCertificates() {
    return config.http().tls().isPresent()
        ? CertificateWatch.open(vertx, config.http().tls(), metrics.registry())
            .onSuccess(opened -> certificates = opened)
            .mapEmpty()
        : Future.succeededFuture();
  }

  /** Looks for other certificates now, and by itself from then on; does nothing without TLS. */
  void watchCertificates() {
    if (certificates != null) {
      certificates.wake();
    }
  }

  private Future<Void> listenOps() {
    Integer wanted = config.ops().port();
    if (wanted == null) {
      return Future.succeededFuture();
    }
    OpsVerticle ops =
        new OpsVerticle(
            ServerOptions.of(config.ops(), certificates), new HealthRoutes(health), metrics);
    return deploy(ops)
        .onSuccess(
            ignored -> {
              opsPort = OptionalInt.of(ops.port());
              if (certificates != null && config.ops().tls()) {
                certificates.tell(false, ops::secureBy);
              }
            });
  }

  private Future<Void> deploy(VerticleBase verticle) {
    return vertx.deployVerticle(verticle).onSuccess(listeners::add).mapEmpty();
  }

  /** Returns the routes beside those of the Distribution API, and what each needs. */
  List<GuardedRoutes.Declared> routes() {
    return routes;
  }

  /** Returns the port that clients talk to. */
  public int port() {
    return port;
  }

  /** Returns the port for health and metrics, if there is one. */
  public OptionalInt opsPort() {
    return opsPort;
  }

  /**
   * Says that it is not ready, gives load balancers time to notice, stops accepting, lets running
   * requests finish, closes everything.
   */
  public Future<Void> stop() {
    draining.set(true);
    if (jobs != null) {
      jobs.endLongWork();
    }
    // Not a chain of futures to its end: those end on an event loop, and the loops end last.
    Promise<Void> stopped = Promise.promise();
    // No look at its files begins any more; one that hangs on them keeps nothing here waiting.
    Future<Void> looked = certificates == null ? Future.succeededFuture() : certificates.stop();
    notice()
        .transform(ignored -> Future.join(listeners.stream().map(vertx::undeploy).toList()))
        .transform(ignored -> jobs == null ? Future.succeededFuture() : jobs.stop())
        .transform(ignored -> access.map(Access::stop).orElseGet(Future::succeededFuture))
        .transform(ignored -> leave())
        .transform(ignored -> stores == null ? Future.succeededFuture() : stores.close(vertx))
        .eventually(() -> looked)
        .onComplete(
            closed ->
                vertx
                    .close()
                    .onComplete(
                        ignored -> {
                          metrics.close();
                          stopped.handle(closed);
                        }));
    return stopped.future();
  }

  private Future<Void> leave() {
    return nodes != null && config.isShared() ? nodes.leave() : Future.succeededFuture();
  }

  private Future<Void> notice() {
    long millis = config.drain().notice().toMillis();
    return listeners.isEmpty() || millis == 0
        ? Future.succeededFuture()
        : vertx.timer(millis).mapEmpty();
  }
}
