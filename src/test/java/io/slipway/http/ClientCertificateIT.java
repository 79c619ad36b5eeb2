package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.http.TlsConfig.ClientAuth;
import io.slipway.http.TlsConfig.ClientName;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that show a certificate, and those that show none or a wrong one. */
@OneProfile("without a registry")
class ClientCertificateIT {
  private static final String NOBODY = "nobody";
  private static final String NAMES =
      "SAN=dns:ann.lan,dns:other.lan,email:ann@example.org,uri:spiffe://lan/ann";

  @TempDir static Path folder;
  private static TestCertificate server;
  private static TestCertificate authority;
  private static TestCertificate ann;
  private static TestCertificate stranger;

  private final Vertx vertx = Vertx.builder().withTransport(new ServerTransport()).build();
  private final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
  private @Nullable CertificateWatch watch;
  private int port;

  @BeforeAll
  static void make() throws Exception {
    server = TestCertificate.make(Files.createDirectory(folder.resolve("server")), "localhost");
    authority = TestCertificate.authority(Files.createDirectory(folder.resolve("one")));
    ann = authority.issue("ann", "CN=ann, OU=people, O=example", "-ext", NAMES);
    stranger =
        TestCertificate.authority(Files.createDirectory(folder.resolve("two")))
            .issue("ann", "CN=ann", "-ext", NAMES);
  }

  @AfterEach
  void close() throws Exception {
    if (watch != null) {
      watch.stop().await(10, TimeUnit.SECONDS);
    }
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private void serve(ClientAuth auth, ClientName name) throws Exception {
    serve(authority.certificate(), auth, name);
  }

  private void serve(Path clients, ClientAuth auth, ClientName name) throws Exception {
    TlsConfig tls =
        new TlsConfig(
            server.certificate(),
            server.key(),
            "1.2",
            auth == ClientAuth.NONE ? null : clients,
            auth,
            name,
            Duration.ZERO);
    CertificateWatch opened =
        CertificateWatch.open(vertx, tls, new SimpleMeterRegistry()).await(10, TimeUnit.SECONDS);
    watch = opened;
    ClientCertificate certificates = new ClientCertificate(tls, new LaterClock());
    HttpConfig config =
        ClientAddressTest.config(List.of(), new RateLimitConfig(0, null, 0, null), tls);
    HttpVerticle verticle =
        new HttpVerticle(
            ServerOptions.of(config, opened).setPort(-1),
            request -> request.response().end(certificates.name(request).orElse(NOBODY)),
            Duration.ofSeconds(1));
    vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    port = verticle.port();
    opened.tell(verticle);
    opened.wake();
  }

  private HttpClient client(@Nullable TestCertificate shown, Version version) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(server.client(shown)).build();
  }

  /** Asks on a new connection, which resumes the last session of the same context if it may. */
  private String ask(SSLContext context) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return ask(client);
    }
  }

  private String ask(HttpClient client) throws Exception {
    URI uri = URI.create("https://localhost:" + port + "/");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private String ask(@Nullable TestCertificate shown) throws Exception {
    return ask(server.client(shown));
  }

  @ParameterizedTest
  @CsvSource({
    "CN, ann",
    "SAN_DNS, ann.lan",
    "SAN_EMAIL, ann@example.org",
    "SAN_URI, spiffe://lan/ann"
  })
  void hasTheNameThatIsAskedFor(ClientName from, String name) throws Exception {
    serve(ClientAuth.REQUIRED, from);
    assertThat(ask(ann)).isEqualTo(name);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void keepsTheNameOfItsConnection(Version version) throws Exception {
    serve(ClientAuth.REQUEST, ClientName.CN);
    try (HttpClient known = client(ann, version);
        HttpClient unknown = client(null, version)) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(known)).isEqualTo("ann");
        assertThat(ask(unknown)).isEqualTo(NOBODY);
      }
      // A certificate that expires meanwhile names nobody, though its connection goes on.
      later.set(Duration.ofDays(3650));
      assertThat(ask(known)).isEqualTo(NOBODY);
    }
  }

  @Test
  void knowsTheNameOfASessionThatIsResumed() throws Exception {
    serve(ClientAuth.REQUIRED, ClientName.CN);
    SSLContext context = server.client(ann);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(context)).isEqualTo("ann");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ClientAuth.class,
      names = {"REQUEST", "REQUIRED"})
  void refusesTheClientOfAnotherAuthority(ClientAuth auth) throws Exception {
    serve(auth, ClientName.CN);
    assertThatThrownBy(() -> ask(stranger)).isInstanceOf(IOException.class);
    assertThat(ask(ann)).isEqualTo("ann");
  }

  @Test
  void refusesAClientWithoutACertificateWhereItIsRequired() throws Exception {
    serve(ClientAuth.REQUIRED, ClientName.CN);
    assertThatThrownBy(() -> ask((TestCertificate) null)).isInstanceOf(IOException.class);
  }

  @Test
  void doesNotAskUnlessItIsTold() throws Exception {
    serve(ClientAuth.NONE, ClientName.CN);
    assertThat(ask(ann)).isEqualTo(NOBODY);
    assertThat(ask(stranger)).isEqualTo(NOBODY);
  }

  @Test
  void refusesAnExpiredClient() throws Exception {
    TestCertificate expired =
        authority.issue("expired", "CN=ann", "-startdate", "-3d", "-validity", "1");
    serve(ClientAuth.REQUEST, ClientName.CN);
    assertThatThrownBy(() -> ask(expired)).isInstanceOf(IOException.class);
  }

  @Test
  void goesOnWithOtherAuthorities() throws Exception {
    Path clients = Files.copy(authority.certificate(), folder.resolve("clients.pem"));
    serve(clients, ClientAuth.REQUIRED, ClientName.CN);
    SSLContext before = server.client(ann);
    try (HttpClient running = client(ann, Version.HTTP_1_1)) {
      assertThat(ask(running)).isEqualTo("ann");
      assertThat(ask(before)).isEqualTo("ann");
      Path other = folder.resolve("two").resolve("certificate.pem");
      Files.copy(other, clients, StandardCopyOption.REPLACE_EXISTING);
      Eventually.happens("the other authority's client is let in", () -> isLetIn(stranger));
      assertThatThrownBy(() -> ask(ann)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(before)).isInstanceOf(IOException.class);
      assertThat(ask(running)).isEqualTo("ann");
    }
  }

  private boolean isLetIn(TestCertificate shown) {
    try {
      return ask(shown).equals("ann");
    } catch (IOException e) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells a time that a test moves on. */
  private final class LaterClock extends Clock {
    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(later.get());
    }
  }
}
