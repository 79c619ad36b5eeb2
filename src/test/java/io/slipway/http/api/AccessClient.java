package io.slipway.http.api;

import static io.slipway.testing.BasicAuthorization.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Somebody who asks a registry about the access rules. */
record AccessClient(TestRegistry registry, String authorization) {
  static final String ROOT = "/api/v1/access/";

  static AccessClient of(TestRegistry registry, String name, String password) {
    return new AccessClient(registry, basic(name, password));
  }

  static AccessClient anonymous(TestRegistry registry) {
    return new AccessClient(registry, "");
  }

  HttpResponse<byte[]> send(String method, String path, String body) {
    String target = path.startsWith("/") ? path : ROOT + path;
    if (authorization.isEmpty()) {
      return registry.send(
          method, target, body.getBytes(UTF_8), "Content-Type", "application/json");
    }
    return registry.send(
        method,
        target,
        body.getBytes(UTF_8),
        "Content-Type",
        "application/json",
        "Authorization",
        authorization);
  }

  HttpResponse<byte[]> get(String path) {
    return send("GET", path, "");
  }

  /** Sends what must succeed. */
  String done(int status, String method, String path, String body) {
    HttpResponse<byte[]> answer = send(method, path, body);
    String text = new String(answer.body(), UTF_8);
    assertThat(answer.statusCode()).as(text).isEqualTo(status);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    return text;
  }

  JsonArray list(String path) {
    return new JsonArray(done(200, "GET", path, ""));
  }

  JsonObject object(String path) {
    return new JsonObject(done(200, "GET", path, ""));
  }

  /** Sends what must be refused; returns the sentence. */
  String refused(int status, String method, String path, String body) {
    return problem(status, send(method, path, body));
  }

  /** Looks at problem details (R6). */
  static String problem(int status, HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), UTF_8);
    assertThat(answer.statusCode()).as(text).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonObject problem = new JsonObject(text);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.fieldNames()).contains("type", "title", "status", "detail", "error");
    assertThat(problem.getString("error")).isEqualTo(problem.getString("detail"));
    return problem.getString("detail");
  }
}
