package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.crash.Content.Manifest;
import io.slipway.testing.PushClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares the lists of tags and referrers with what was promised of each of them. */
final class Listings {
  private Listings() {}

  static void check(PushClient client, Promises promises) {
    String repository = "/v2/" + promises.repository();
    String prefix = repository + "/manifests/";
    List<String> tags =
        promises.present().keySet().stream()
            .filter(path -> path.startsWith(prefix) && !path.contains(":"))
            .map(path -> path.substring(prefix.length()))
            .sorted()
            .toList();
    HttpResponse<byte[]> listed = client.send("GET", repository + "/tags/list");
    // A repository of which nothing was ever stored is not known.
    if (listed.statusCode() != 404 || !tags.isEmpty()) {
      assertThat(json(listed).getJsonArray("tags").stream().map(String.class::cast).toList())
          .as("tags")
          .isEqualTo(tags);
    }
    for (String subject : promises.manifests().map(Manifest::subject).distinct().toList()) {
      if (!subject.isEmpty()) {
        requireReferrers(client, promises, subject);
      }
    }
  }

  private static void requireReferrers(PushClient client, Promises promises, String subject) {
    Set<String> expected =
        promises
            .manifests()
            .filter(manifest -> manifest.subject().equals(subject))
            .map(manifest -> manifest.digest().text())
            .collect(Collectors.toSet());
    String path = "/v2/" + promises.repository() + "/referrers/" + subject;
    Set<String> listed =
        json(client.send("GET", path)).getJsonArray("manifests").stream()
            .map(one -> ((JsonObject) one).getString("digest"))
            .collect(Collectors.toSet());
    assertThat(listed).as(path).isEqualTo(expected);
  }

  private static JsonObject json(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).as("%s", response.uri()).isEqualTo(200);
    return new JsonObject(new String(response.body(), UTF_8));
  }
}
