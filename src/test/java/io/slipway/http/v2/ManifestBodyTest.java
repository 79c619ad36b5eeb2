package io.slipway.http.v2;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.http.ErrorResponder;
import io.slipway.http.LocalServer;
import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManifestBodyTest {
  /** Answers with the body itself. */
  private static LocalServer echo(BodyBudget budget, CompletableFuture<Long> left)
      throws Exception {
    return echo(budget, left, Duration.ofMinutes(1));
  }

  private static LocalServer echo(
      BodyBudget budget, CompletableFuture<Long> left, Duration patience) throws Exception {
    return new LocalServer(
        vertx -> {
          ErrorResponder errors = new ErrorResponder(vertx);
          return request -> {
            ManifestBody body = new ManifestBody(request, budget, patience);
            body.read()
                .onComplete(
                    bytes -> request.response().end(bytes.copy()),
                    failure -> errors.fail(request, failure))
                .onComplete(
                    ignored -> {
                      body.release();
                      left.complete(budget.taken());
                    });
          };
        });
  }

  @Test
  void piecesAreJoined() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    try (LocalServer server = echo(new BodyBudget(1000), left);
        RawConnection connection = new RawConnection(server.port())) {
      connection.lines("PUT / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "");
      Answer answer = connection.lines("2", "ab", "1", "c", "3", "def", "0", "").read();
      assertThat(answer.text()).isEqualTo("abcdef");
      assertThat(left.get(5, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void moreThanTheNodeHoldsIsPutOff() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    try (LocalServer server = echo(new BodyBudget(5), left);
        RawConnection connection = new RawConnection(server.port())) {
      connection.lines("PUT / HTTP/1.1", "Host: x", "Content-Length: 6", "").lines("abcd");
      Answer answer = connection.read();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(left.get(5, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void whatDoesNotEndIsGivenBack() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    try (LocalServer server = echo(new BodyBudget(100), left, Duration.ofMillis(300));
        RawConnection connection = new RawConnection(server.port())) {
      connection.lines("PUT / HTTP/1.1", "Host: x", "Content-Length: 50", "").lines("abcd");
      Answer answer = connection.read();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(left.get(5, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void whatBreaksOffIsGivenBack() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    try (LocalServer server = echo(new BodyBudget(100), left)) {
      try (RawConnection connection = new RawConnection(server.port())) {
        connection.lines("PUT / HTTP/1.1", "Host: x", "Content-Length: 50", "").lines("abcd");
      }
      assertThat(left.get(5, TimeUnit.SECONDS)).isZero();
    }
  }
}
