package io.slipway.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventJsonTest {
  private static final RepositoryName REPOSITORY = RepositoryName.parse("library/app");
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
  private static final Tag TAG = Tag.parse("v1");

  static Stream<Event> events() {
    String type = "application/vnd.oci.image.manifest.v1+json";
    return Stream.of(
        new Event.ManifestPushed(REPOSITORY, Actor.named("ann"), DIGEST, type, 7, Optional.empty()),
        new Event.ManifestPushed(
            REPOSITORY, Actor.named("ann"), DIGEST, type, 7, Optional.of(DIGEST)),
        new Event.ManifestDeleted(REPOSITORY, new Actor("ann", "192.0.2.1"), DIGEST),
        new Event.TagMoved(REPOSITORY, Actor.named("ann"), TAG, DIGEST, 3),
        new Event.TagDeleted(REPOSITORY, Actor.named("ann"), TAG, 4),
        new Event.BlobPushed(REPOSITORY, Actor.named("ann"), DIGEST, 9_000_000_000L, true),
        new Event.BlobMounted(
            REPOSITORY, Actor.named("ann"), DIGEST, RepositoryName.parse("other")),
        new Event.BlobDeleted(REPOSITORY, Actor.named("anonymous"), DIGEST),
        new Event.GcStarted(Actor.named("gc"), "run"),
        new Event.GcProgressed(Actor.named("ann"), "run", "links", 1, 5, 2, 9_000_000_000L),
        new Event.GcCompleted(Actor.named("ann"), "run", "completed", 1, 2, 9_000_000_000L));
  }

  @ParameterizedTest
  @MethodSource("events")
  void readsWhatItWrote(Event event) {
    JsonObject stored = new JsonObject(EventJson.encode(event).encode());
    assertThat(EventJson.decode(EventJson.type(event), stored)).isEqualTo(event);
    assertThat(stored.getString("id")).isNotEqualTo(EventJson.encode(event).getString("id"));
  }

  @Test
  void refusesWhatANewerProgramWrote() {
    JsonObject json =
        EventJson.encode(new Event.BlobDeleted(REPOSITORY, Actor.named("ann"), DIGEST));
    assertThatThrownBy(() -> EventJson.decode("blob.eaten", json))
        .hasMessageContaining("blob.eaten");
    assertThatThrownBy(() -> EventJson.decode("blob.deleted", json.put("version", 2)))
        .hasMessageContaining("version 2");
  }
}
