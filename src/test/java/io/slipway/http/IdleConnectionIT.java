package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.OneProfile;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that waits is not one that has gone, however long the registry takes. */
@OneProfile("without a registry")
class IdleConnectionIT {
  private static final int IDLE_SECONDS = 1;
  private static final Duration WORK = Duration.ofMillis(2500);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path keys;
  private final Vertx vertx = Vertx.builder().withTransport(new ServerTransport()).build();

  private int serve(HttpServerOptions options) throws Exception {
    options.setHost("127.0.0.1").setPort(-1).setIdleTimeout(IDLE_SECONDS);
    HttpVerticle verticle =
        new HttpVerticle(
            options,
            request ->
                request
                    .body()
                    .onSuccess(
                        body ->
                            vertx.setTimer(
                                WORK.toMillis(), id -> request.response().end("finished"))),
            PATIENCE);
    vertx.deployVerticle(verticle).await(10, TimeUnit.SECONDS);
    return verticle.port();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
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
    int port = serve(options);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port + "/"))
            .timeout(PATIENCE)
            .method(
                method,
                method.equals("PUT")
                    ? HttpRequest.BodyPublishers.ofString("body")
                    : HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(certificate.client()).build()) {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.body()).isEqualTo("finished");
    }
  }
}
