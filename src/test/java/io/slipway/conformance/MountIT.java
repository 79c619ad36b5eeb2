package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounts blobs of other repositories (distribution-spec, "Mounting a blob …"). */
class MountIT {
  private static final byte[] BLOB = Content.bytes(2048, 1);

  @TempDir static Path data;
  private static TestRegistry registry;
  private static Content content;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    content = new Content(registry).blob("blob", BLOB);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static HttpResponse<byte[]> mount(String into, String query) {
    String path = "/v2/" + into + "/blobs/uploads/?" + content.resolve(query);
    return registry.send("POST", path, new byte[0]);
  }

  private static void mounted(String into, HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(201);
    String location = registry.uri("/v2/" + into + "/blobs/" + content.get("blob")).toString();
    assertThat(answer.headers().firstValue("Location")).contains(location);
    assertThat(answer.headers().firstValue("Docker-Content-Digest")).contains(content.get("blob"));
    assertThat(registry.send("GET", location).body()).isEqualTo(BLOB);
  }

  @Test
  void fromARepository() {
    mounted("from/it", mount("from/it", "from={repo}&mount={blob}"));
  }

  @Test
  void fromAnyRepository() {
    mounted("from/any", mount("from/any", "mount={blob}"));
    mounted("from/empty", mount("from/empty", "mount={blob}&from="));
  }

  @Test
  void whatIsNotThereBecomesASession() {
    session(mount("into", "from={repo}&mount={missing}"));
    session(mount("into", "mount={missing}"));
    session(mount("into", "from=no/such&mount={blob}"));
    session(mount("into", "from=no/such&mount={blob}&digest={blob}"));
  }

  private static void session(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(202);
    String location = answer.headers().firstValue("Location").orElse("");
    HttpResponse<byte[]> put =
        registry.send("PUT", location + "?digest=" + content.get("blob"), BLOB);
    assertThat(put.statusCode()).isEqualTo(201);
  }

  @Test
  void whatIsNoNameIsRefused() {
    assertThat(mount("into", "from={repo}&mount=x").statusCode()).isEqualTo(400);
    assertThat(mount("into", "from=No&mount={blob}").statusCode()).isEqualTo(400);
  }
}
