package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorResponderTest {
  private static Answer answer(Throwable failure, Consumer<HttpServerRequest> before)
      throws IOException, TimeoutException {
    try (LocalServer server =
            new LocalServer(
                vertx -> {
                  ErrorResponder errors = new ErrorResponder(vertx);
                  return request -> {
                    before.accept(request);
                    errors.fail(request, failure);
                  };
                });
        RawConnection connection = new RawConnection(server.port())) {
      return connection.lines("GET /x HTTP/1.1", "Host: localhost", "").read();
    }
  }

  private static Answer answer(Throwable failure) throws IOException, TimeoutException {
    return answer(failure, ignored -> {});
  }

  private static JsonObject error(Answer answer) {
    return new JsonObject(answer.text()).getJsonArray("errors").getJsonObject(0);
  }

  @Test
  void refusalsAreToldInFull() throws Exception {
    Map<String, Object> detail = Map.of("size", 5L);
    Answer answer =
        answer(
            new RegistryException(ErrorCode.BLOB_UNKNOWN, "tried \"x\" but y", detail),
            request -> request.response().putHeader("Content-Length", "3").putHeader("ETag", "x"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    // What described the success is gone.
    assertThat(answer.header("ETag")).isEmpty();
    assertThat(error(answer))
        .isEqualTo(
            new JsonObject()
                .put("code", "BLOB_UNKNOWN")
                .put("message", "tried \"x\" but y")
                .put("detail", new JsonObject().put("size", 5)));
  }

  @ParameterizedTest
  @CsvSource({"UNAVAILABLE, 503", "FULL, 507", "OTHER, 500", "UNIQUE_VIOLATION, 500"})
  void theDatabaseIsNotQuoted(Reason reason, int status) throws Exception {
    Answer answer = answer(new DatabaseException(reason, "SELECT secret"));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).doesNotContain("secret");
    assertThat(answer.header("Retry-After")).isEqualTo(status == 503 ? "1" : "");
  }

  @Test
  void defectsHaveAnIdAndNothingElse() throws Exception {
    Answer answer = answer(new IllegalStateException("a secret"));
    assertThat(answer.status()).isEqualTo(500);
    String id = answer.header("X-Request-Id");
    assertThat(id).hasSize(16);
    assertThat(error(answer).getJsonObject("detail").getString("request")).isEqualTo(id);
    assertThat(answer.text()).doesNotContain("secret");
  }

  @Test
  void anEndingServerAsksToTryAgain() throws Exception {
    assertThat(answer(new RejectedExecutionException()).status()).isEqualTo(503);
  }

  @Test
  void anAnswerThatHasBegunIsBrokenOff() {
    assertThatThrownBy(
            () ->
                answer(
                    new IllegalStateException("x"),
                    request -> request.response().putHeader("Content-Length", "10").write("12345")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whoHasGoneIsNotAnswered() {
    assertThatThrownBy(() -> answer(new HttpClosedException("gone")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> answer(new IOException("sendfile(..) failed: Broken pipe")))
        .isInstanceOf(IOException.class);
  }
}
