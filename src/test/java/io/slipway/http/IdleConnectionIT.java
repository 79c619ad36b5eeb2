package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.SocketReading;
import io.slipway.testing.OneProfile;
import io.slipway.testing.TestCertificate;
import io.slipway.testing.WireConnection;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that waits is not one that has gone, however long the registry takes. */
@OneProfile("without a registry")
class IdleConnectionIT {
  private static final int IDLE_SECONDS = 1;

  /** More than the buffers of both ends hold. */
  private static final int LARGE = 32 * 1024 * 1024;

  private static final Duration WORK = Duration.ofMillis(2500);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path keys;
  private final Vertx vertx = Vertx.builder().withTransport(new ServerTransport()).build();

  private int serve(HttpServerOptions options, Handler<HttpServerRequest> handler)
      throws Exception {
    options.setHost("127.0.0.1").setPort(-1).setIdleTimeout(IDLE_SECONDS);
    HttpVerticle verticle = new HttpVerticle(options, handler, PATIENCE);
    vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    return verticle.port();
  }

  private void answerLate(HttpServerRequest request) {
    request.body().onSuccess(body -> late(() -> request.response().end("finished")));
  }

  /** As an upload whose store is slow. */
  private void readLate(HttpServerRequest request) {
    boolean http1 = request.version() != io.vertx.core.http.HttpVersion.HTTP_2;
    request.pause();
    if (http1) {
      SocketReading.set(request.connection(), false);
    }
    Future<Buffer> whole = request.body();
    whole.onSuccess(body -> request.response().end("finished"));
    request.pause();
    late(
        () -> {
          if (http1) {
            SocketReading.set(request.connection(), true);
          }
          request.resume();
        });
  }

  private void late(Runnable work) {
    vertx.setTimer(WORK.toMillis(), id -> work.run());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private HttpServerOptions options(String scheme, TestCertificate certificate) {
    HttpServerOptions options = new HttpServerOptions();
    if (scheme.equals("https")) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .addCertPath(certificate.certificate().toString())
                  .addKeyPath(certificate.key().toString()));
    }
    return options;
  }

  private static void requireAnswer(
      TestCertificate certificate, URI address, Version version, String method, BodyPublisher body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(address).timeout(PATIENCE).method(method, body).build();
    try (HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(certificate.client()).build()) {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.body()).isEqualTo("finished");
    }
  }

  private static URI address(String scheme, int port) {
    return URI.create(scheme + "://localhost:" + port + "/");
  }

  @ParameterizedTest
  @CsvSource({
    "http, HTTP_1_1, GET",
    "http, HTTP_1_1, PUT",
    "https, HTTP_1_1, PUT",
    "https, HTTP_2, PUT"
  })
  void answersLaterThanTheTimeout(String scheme, Version version, String method) throws Exception {
    TestCertificate certificate = TestCertificate.make(keys, "localhost");
    int port = serve(options(scheme, certificate), this::answerLate);
    BodyPublisher body =
        method.equals("PUT") ? BodyPublishers.ofString("body") : BodyPublishers.noBody();
    requireAnswer(certificate, address(scheme, port), version, method, body);
  }

  @ParameterizedTest
  @CsvSource({"http, HTTP_1_1", "https, HTTP_1_1", "https, HTTP_2"})
  void readsOnLaterThanTheTimeout(String scheme, Version version) throws Exception {
    TestCertificate certificate = TestCertificate.make(keys, "localhost");
    int port = serve(options(scheme, certificate), this::readLate);
    BodyPublisher body = BodyPublishers.ofByteArray(new byte[LARGE]);
    requireAnswer(certificate, address(scheme, port), version, "PUT", body);
  }

  @Test
  void endsWithAClientThatSendsNoMore() throws Exception {
    int port = serve(new HttpServerOptions(), this::answerLate);
    try (WireConnection client = WireConnection.open(port)) {
      client.head("PUT", "/", "Content-Length", "2").send(new byte[1]);
      assertThat(client.skip(1)).as("bytes of an answer").isZero();
    }
  }
}
