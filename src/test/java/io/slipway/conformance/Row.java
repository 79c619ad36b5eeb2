package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/**
 * One line of a table: a request and everything its answer must be. In paths, headers and bodies
 * {@code {name}} stands for a name of the {@link Content} the registry has.
 */
final class Row {
  private final String method;
  private final String path;
  private final List<String> requestHeaders = new ArrayList<>();
  private final Map<String, String> expectedHeaders = new LinkedHashMap<>();
  private final List<String> absentHeaders = new ArrayList<>();
  private final List<Consumer<byte[]>> bodyChecks = new ArrayList<>();
  private byte[] body = new byte[0];
  private int status;
  private String code = "";

  private Row(String method, String path) {
    this.method = method;
    this.path = path;
  }

  static Row of(String method, String path) {
    return new Row(method, path);
  }

  Row with(String header, String value) {
    requestHeaders.add(header);
    requestHeaders.add(value);
    return this;
  }

  Row body(byte[] bytes) {
    body = bytes;
    return this;
  }

  Row body(String text) {
    return body(text.getBytes(StandardCharsets.UTF_8));
  }

  Row is(int expected) {
    status = expected;
    return this;
  }

  /** Expects an error of the specification. */
  Row is(int expected, String errorCode) {
    status = expected;
    code = errorCode;
    return this;
  }

  Row header(String name, String value) {
    expectedHeaders.put(name, value);
    return this;
  }

  Row without(String header) {
    absentHeaders.add(header);
    return this;
  }

  Row content(byte[] expected) {
    bodyChecks.add(actual -> assertThat(actual).isEqualTo(expected));
    return this;
  }

  Row check(Consumer<byte[]> check) {
    bodyChecks.add(check);
    return this;
  }

  Row json(String expected) {
    bodyChecks.add(
        actual ->
            assertThat(new String(actual, StandardCharsets.UTF_8).strip()).isEqualTo(expected));
    return this;
  }

  DynamicTest test(TestRegistry registry, Content content) {
    String name = method + " " + path + " " + requestHeaders + " is " + status + " " + code;
    return DynamicTest.dynamicTest(name, () -> run(registry, content));
  }

  private void run(TestRegistry registry, Content content) {
    String[] headers = requestHeaders.stream().map(content::resolve).toArray(String[]::new);
    HttpResponse<byte[]> answer =
        body.length == 0
            ? registry.send(method, content.resolve(path), headers)
            : registry.send(method, content.resolve(path), body, headers);
    assertThat(answer.statusCode()).as("%s", text(answer)).isEqualTo(status);
    assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    assertThat(header(answer, "Content-Encoding")).isEmpty();
    expectedHeaders.forEach(
        (name, value) ->
            assertThat(header(answer, name)).as(name).isEqualTo(content.resolve(value)));
    absentHeaders.forEach(name -> assertThat(header(answer, name)).as(name).isEmpty());
    bodyChecks.forEach(check -> check.accept(answer.body()));
    if (method.equals("HEAD") || status == 204 || status == 304) {
      assertThat(answer.body()).isEmpty();
    } else if (!code.isEmpty()) {
      checkError(answer);
    }
  }

  private void checkError(HttpResponse<byte[]> answer) {
    assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    JsonObject error = new JsonObject(text(answer)).getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("code")).as(error.encode()).isEqualTo(code);
    // Every message says what was tried and why it failed.
    assertThat(error.getString("message")).startsWith("tried to ").contains(" but ");
    assertThat(error.getValue("detail")).isNotNull();
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String header(HttpResponse<byte[]> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }
}
