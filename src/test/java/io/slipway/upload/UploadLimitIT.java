package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens more uploads than a user may have. */
class UploadLimitIT {
  private static final String REPOSITORY = "many/uploads";
  private static final String UPLOADS = "/v2/" + REPOSITORY + "/blobs/uploads/";
  private static final byte[] BLOB = PushClient.bytes(21, 3_000);

  @TempDir Path data;

  @Test
  void refusesOneMoreUntilOneIsFinishedOrCancelled() {
    try (TestRegistry registry = TestRegistry.start(data, "uploads.max_open", "2")) {
      PushClient client = new PushClient(registry.port());
      String first = client.start(REPOSITORY);
      String second = client.start(REPOSITORY);
      requireRefused(client.send("POST", UPLOADS));
      requireRefused(client.send("POST", UPLOADS + "?mount=" + digest(BLOB).text() + "&from=a/b"));

      assertThat(client.patch(first, 0, BLOB).statusCode()).as("of open ones").isEqualTo(202);
      assertThat(client.finish(first, digest(BLOB), new byte[0]).statusCode()).isEqualTo(201);
      client.start(REPOSITORY);
      requireRefused(client.send("POST", UPLOADS));

      assertThat(client.send("DELETE", second).statusCode()).isEqualTo(204);
      client.start(REPOSITORY);
      requireRefused(client.send("POST", UPLOADS));
    }
  }

  private static void requireRefused(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(429);
    JsonObject error =
        new JsonObject(Buffer.buffer(answer.body())).getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("code")).isEqualTo("TOOMANYREQUESTS");
    assertThat(error.getString("message"))
        .contains("2 uploads of ")
        .contains("finish or cancel some")
        .contains("1h without a new byte")
        .contains("uploads.max_open");
    assertThat(answer.headers().firstValue("Location")).isEmpty();
  }
}
