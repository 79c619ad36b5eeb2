package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.OneProfile;
import io.slipway.testing.TestRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends more than an address may. */
@OneProfile("no store is asked")
class RateLimitIT {
  private static final int AT_ONCE = 5;

  @TempDir static Path data;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry =
        TestRegistry.start(
            data,
            "http.rate_limit.address_per_second",
            "1",
            "http.rate_limit.address_burst",
            Integer.toString(AT_ONCE),
            "http.trusted_proxies",
            "127.0.0.1");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static HttpResponse<byte[]> get(String path, String client) {
    return registry.send("GET", path, "X-Forwarded-For", client);
  }

  /** Sends requests until one is refused; returns how many were not. */
  private static int exhaust(String client) {
    for (int i = 0; i < 100; i++) {
      int status = get("/v2/", client).statusCode();
      if (status == 429) {
        return i;
      }
      assertThat(status).isEqualTo(200);
    }
    throw new AssertionError("100 requests were not too many");
  }

  /** Tells that an address has used up what it may send, but for seconds that have passed since. */
  private static void isExhausted(String client) {
    assertThat(exhaust(client)).isLessThan(AT_ONCE);
  }

  @Test
  void refusesWithTheErrorOfTheSpecificationAndATime() {
    assertThat(exhaust("192.0.2.1")).isGreaterThanOrEqualTo(AT_ONCE);
    HttpResponse<byte[]> refused = refused("GET", new byte[0], "192.0.2.1");
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonObject error =
        new JsonObject(Buffer.buffer(refused.body())).getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("code")).isEqualTo("TOOMANYREQUESTS");
    assertThat(error.getString("message"))
        .startsWith("tried to carry out the request but this address has sent too many");
    assertThat(error.getJsonObject("detail")).isEqualTo(new JsonObject().put("retryAfter", 1));
  }

  @Test
  void takesNothingFromOtherAddresses() {
    exhaust("192.0.2.2");
    assertThat(get("/v2/", "192.0.2.3").statusCode()).isEqualTo(200);
    // What a client says about itself changes nothing.
    isExhausted("198.51.100.1, 192.0.2.2");
  }

  @Test
  void takesANetworkOfVersion6ForOne() {
    exhaust("2001:db8:1:2::1");
    isExhausted("2001:db8:1:2:3::4");
    assertThat(get("/v2/", "2001:db8:1:3::1").statusCode()).isEqualTo(200);
  }

  @Test
  void answersAboutHealthAsOftenAsItIsAsked() {
    exhaust("192.0.2.4");
    for (String path : new String[] {"/", "/livez", "/readyz", "/api/v1/registry/health"}) {
      for (int i = 0; i < 2 * AT_ONCE; i++) {
        assertThat(get(path, "192.0.2.4").statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  @Test
  void refusesAPushBeforeItsBody() {
    refused("POST", new byte[5_000_000], "192.0.2.5");
  }

  private static HttpResponse<byte[]> refused(String method, byte[] body, String client) {
    for (int i = 0; i < 100; i++) {
      HttpResponse<byte[]> answer =
          registry.send(method, "/v2/team/app/blobs/uploads/", body, "X-Forwarded-For", client);
      if (answer.statusCode() == 429) {
        return answer;
      }
    }
    throw new AssertionError("100 requests were not too many");
  }
}
