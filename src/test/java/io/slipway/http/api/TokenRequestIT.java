package io.slipway.http.api;

import static io.slipway.testing.BasicAuthorization.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for tokens that are refused. */
class TokenRequestIT {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String GOOD =
      "service=slipway&client_id=test&username=admin&password=of+the+admin";

  @TempDir Path folder;
  private TestRegistry registry;

  @BeforeEach
  void start() {
    registry =
        TestRegistry.start(
            folder,
            "auth.mode",
            "token",
            "auth.admin.password",
            "of the admin",
            "auth.bcrypt_cost",
            "4");
  }

  @AfterEach
  void stop() {
    registry.close();
    StoredData.of(folder).requireAgreement();
  }

  private HttpResponse<byte[]> post(String form) {
    return registry.send("POST", "/token", form.getBytes(UTF_8), "Content-Type", FORM);
  }

  private static void assertWrong(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
        .startsWith("Basic realm=");
    assertThat(
            new JsonObject(new String(answer.body(), UTF_8))
                .getJsonArray("errors")
                .getJsonObject(0)
                .getString("code"))
        .isEqualTo("UNAUTHORIZED");
  }

  @Test
  void refusesWrongCredentials() {
    assertWrong(
        registry.send("GET", "/token?service=slipway", "Authorization", basic("admin", "wrong")));
    assertWrong(registry.send("GET", "/token?service=slipway", "Authorization", "Bearer x"));
    assertWrong(post(GOOD.replace("of+the", "not") + "&grant_type=password"));
    assertWrong(post("service=slipway&client_id=test&grant_type=refresh_token&refresh_token=x"));
    assertThat(post(GOOD + "&grant_type=password").statusCode()).as("the control").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/token?service=other",
        "/token?service=slipway&service=slipway",
        "/token?scope=repository",
        "/token?scope=repository:a:PULL"
      })
  void refusesQueriesThatAreNone(String path) {
    HttpResponse<byte[]> answer =
        registry.send("GET", path, "Authorization", basic("admin", "of the admin"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
  }

  @Test
  void refusesAQueryThatIsNotEncoded() throws Exception {
    try (RawConnection connection = new RawConnection(registry.port())) {
      connection.lines("GET /token?scope=%zz HTTP/1.1", "Host: x", "");
      assertThat(connection.read().status()).isEqualTo(400);
    }
  }

  /** While a password in the header is compared the form waits in the socket. */
  @Test
  void readsAFormAfterTheHeader() {
    byte[] form = (GOOD + "&grant_type=password").getBytes(UTF_8);
    for (String password : List.of("of the admin", "wrong")) {
      assertThat(
              registry
                  .send(
                      "POST",
                      "/token",
                      form,
                      "Content-Type",
                      FORM,
                      "Authorization",
                      basic("admin", password))
                  .statusCode())
          .isEqualTo(password.equals("wrong") ? 401 : 200);
    }
  }

  @Test
  void refusesFormsThatAreNone() {
    for (String form :
        List.of(
            "",
            GOOD,
            GOOD + "&grant_type=authorization_code",
            GOOD + "&grant_type=password&grant_type=password",
            GOOD + "&grant_type=refresh_token",
            GOOD + "&grant_type=password&scope=x",
            GOOD + "&grant_type=password&x=%zz",
            GOOD.replace("service=slipway", "service=other") + "&grant_type=password",
            GOOD.replace("client_id", "client") + "&grant_type=password",
            GOOD.replace("username", "user") + "&grant_type=password",
            GOOD + "&grant_type=password&x=" + "x".repeat(FormBody.MAX_BYTES),
            GOOD + "&grant_type=password" + "&a=b".repeat(200))) {
      assertThat(post(form).statusCode())
          .as(form.substring(0, Math.min(100, form.length())))
          .isEqualTo(400);
    }
    assertThat(
            registry
                .send(
                    "POST",
                    "/token",
                    (GOOD + "&grant_type=password").getBytes(UTF_8),
                    "Content-Type",
                    "text/plain")
                .statusCode())
        .isEqualTo(400);
  }
}
