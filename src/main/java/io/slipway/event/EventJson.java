package io.slipway.event;

import io.vertx.core.json.JsonObject;
import java.util.UUID;

/** The stored form of events: JSON with a version, so that two releases can run side by side. */
final class EventJson {
  static final int VERSION = 1;

  private EventJson() {}

  static String type(Event event) {
    return switch (event) {
      case Event.ManifestPushed e -> "manifest.pushed";
      case Event.ManifestDeleted e -> "manifest.deleted";
      case Event.TagMoved e -> "tag.moved";
      case Event.TagDeleted e -> "tag.deleted";
      case Event.BlobPushed e -> "blob.pushed";
      case Event.BlobMounted e -> "blob.mounted";
      case Event.BlobDeleted e -> "blob.deleted";
    };
  }

  static JsonObject encode(Event event) {
    JsonObject json =
        new JsonObject()
            .put("version", VERSION)
            .put("id", UUID.randomUUID().toString())
            .put("repository", event.repository().text())
            .put("actor", event.actor());
    return switch (event) {
      case Event.ManifestPushed e ->
          json.put("digest", e.digest().text())
              .put("media_type", e.mediaType())
              .put("size", e.size())
              .put("subject", e.subject().map(Object::toString).orElse(null));
      case Event.ManifestDeleted e -> json.put("digest", e.digest().text());
      case Event.TagMoved e ->
          json.put("tag", e.tag().text())
              .put("digest", e.digest().text())
              .put("tag_version", e.version());
      case Event.TagDeleted e -> json.put("tag", e.tag().text()).put("tag_version", e.version());
      case Event.BlobPushed e ->
          json.put("digest", e.digest().text()).put("size", e.size()).put("stored", e.stored());
      case Event.BlobMounted e ->
          json.put("digest", e.digest().text()).put("from", e.from().text());
      case Event.BlobDeleted e -> json.put("digest", e.digest().text());
    };
  }
}
