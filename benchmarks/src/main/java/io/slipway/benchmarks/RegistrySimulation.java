package io.slipway.benchmarks;

import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what every simulation has: images to push and pull, and the rule that no request may fail.
 * Its two lines of output tell who reads them when the load begins and ends.
 */
abstract class RegistrySimulation extends Simulation {
  /** Connections to the registry that one client has at a time, as many as engines use. */
  private static final int CONNECTIONS = 3;

  /** How long work that was begun in time may take. */
  private static final Duration LAST_WORK = Duration.ofMinutes(2);

  final Settings settings = Settings.read();
  final ImageSource source = new ImageSource(settings.seed(), settings.layerSize());
  final Moved moved = new Moved();
  final Pulls pulls = new Pulls(moved);
  final Uploads uploads = new Uploads(moved);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final Access access = new Access(client, settings);
  private List<String> repositories = List.of();
  private List<Image> prepared = List.of();

  /**
   * Says what runs; to be called once, by a constructor.
   *
   * @param writable all repositories that the run touches
   * @param images what is pushed before the load begins
   */
  final void load(List<String> writable, List<Image> images, PopulationBuilder population) {
    repositories = List.copyOf(writable);
    prepared = List.copyOf(images);
    setUp(population)
        .protocols(protocol())
        .maxDuration(settings.length().plus(LAST_WORK))
        .assertions(
            global().failedRequests().count().is(0L), global().successfulRequests().count().gt(0L));
  }

  private HttpProtocolBuilder protocol() {
    HttpProtocolBuilder protocol =
        http.baseUrl(settings.url())
            .maxConnectionsPerHost(CONNECTIONS)
            .userAgentHeader("slipway-benchmarks")
            .disableAutoReferer()
            .disableAutoOrigin()
            .disableCaching()
            .disableUrlEncoding()
            .disableWarmUp();
    return settings.basic() == null
        ? protocol
        : protocol.header("Authorization", session -> authorization());
  }

  private String authorization() {
    @Nullable String header = access.header();
    if (header == null) {
      throw new IllegalStateException("no request is sent before the registry was asked");
    }
    return header;
  }

  @Override
  public void before() {
    access.open(repositories);
    Preparation preparation = new Preparation(client, settings.url(), access);
    prepared.parallelStream().forEach(preparation::push);
    System.out.println("slipway: load begins");
  }

  @Override
  public void after() {
    System.out.println("slipway: load ended");
    access.close();
    client.close();
    try {
      moved.write(settings.moved());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
