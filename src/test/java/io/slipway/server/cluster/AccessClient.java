package io.slipway.server.cluster;

import static io.slipway.testing.BasicAuthorization.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Somebody who asks one of the nodes, by name and password or key. */
record AccessClient(PushClient client, String name, String password) {
  HttpResponse<byte[]> send(String method, String path, byte[] body, String type) {
    String authorization = basic(name, password);
    return client.send(method, path, body, "Content-Type", type, "Authorization", authorization);
  }

  int status(String method, String path) {
    return send(method, path, new byte[0], "application/json").statusCode();
  }

  /** Changes who may do what, which must be answered with this status. */
  JsonObject done(int status, String method, String path, String body) {
    HttpResponse<byte[]> answer =
        send(method, "/api/v1/access/" + path, body.getBytes(UTF_8), "application/json");
    String text = new String(answer.body(), UTF_8);
    assertThat(answer.statusCode()).as(text).isEqualTo(status);
    return text.isEmpty() ? new JsonObject() : new JsonObject(text);
  }
}
