package io.slipway.event;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
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
      case Event.GcStarted e -> "gc.started";
      case Event.GcProgressed e -> "gc.progress";
      case Event.GcCompleted e -> "gc.completed";
      case Event.BlobDamaged e -> "blob.damaged";
      case Event.AccessChanged e -> "access.changed";
    };
  }

  static JsonObject encode(Event event) {
    JsonObject json =
        new JsonObject()
            .put("version", VERSION)
            .put("id", UUID.randomUUID().toString())
            .put("actor", event.actor().name())
            .put("address", event.actor().address());
    if (event instanceof Event.InRepository change) {
      json.put("repository", change.repository().text());
    }
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
      case Event.GcStarted e -> json.put("run", e.run());
      case Event.GcProgressed e ->
          json.put("run", e.run())
              .put("phase", e.phase())
              .put("manifests", e.manifests())
              .put("links", e.links())
              .put("blobs", e.blobs())
              .put("bytes", e.bytes());
      case Event.GcCompleted e ->
          json.put("run", e.run())
              .put("outcome", e.outcome())
              .put("manifests", e.manifests())
              .put("blobs", e.blobs())
              .put("bytes", e.bytes());
      case Event.BlobDamaged e -> json.put("digest", e.digest().text()).put("reason", e.reason());
      case Event.AccessChanged e -> json.put("change", e.change()).put("subject", e.subject());
    };
  }

  static Event decode(String type, JsonObject json) {
    if (json.getInteger("version", 0) != VERSION) {
      throw unknown(type, json);
    }
    Actor actor = new Actor(json.getString("actor"), json.getString("address", ""));
    return switch (type) {
      case "gc.started" -> new Event.GcStarted(actor, json.getString("run"));
      case "gc.progress" ->
          new Event.GcProgressed(
              actor,
              json.getString("run"),
              json.getString("phase"),
              json.getLong("manifests"),
              json.getLong("links"),
              json.getLong("blobs"),
              json.getLong("bytes"));
      case "gc.completed" ->
          new Event.GcCompleted(
              actor,
              json.getString("run"),
              json.getString("outcome"),
              json.getLong("manifests"),
              json.getLong("blobs"),
              json.getLong("bytes"));
      case "access.changed" ->
          new Event.AccessChanged(actor, json.getString("change"), json.getString("subject"));
      default -> decode(type, json, actor);
    };
  }

  private static Event decode(String type, JsonObject json, Actor actor) {
    if (json.getString("repository") == null) {
      throw unknown(type, json);
    }
    RepositoryName repository = RepositoryName.parse(json.getString("repository"));
    return switch (type) {
      case "manifest.pushed" ->
          new Event.ManifestPushed(
              repository,
              actor,
              digest(json),
              json.getString("media_type"),
              json.getLong("size"),
              Optional.ofNullable(json.getString("subject")).map(Digest::parse));
      case "manifest.deleted" -> new Event.ManifestDeleted(repository, actor, digest(json));
      case "tag.moved" ->
          new Event.TagMoved(
              repository, actor, tag(json), digest(json), json.getLong("tag_version"));
      case "tag.deleted" ->
          new Event.TagDeleted(repository, actor, tag(json), json.getLong("tag_version"));
      case "blob.pushed" ->
          new Event.BlobPushed(
              repository, actor, digest(json), json.getLong("size"), json.getBoolean("stored"));
      case "blob.mounted" ->
          new Event.BlobMounted(
              repository, actor, digest(json), RepositoryName.parse(json.getString("from")));
      case "blob.deleted" -> new Event.BlobDeleted(repository, actor, digest(json));
      case "blob.damaged" ->
          new Event.BlobDamaged(repository, actor, digest(json), json.getString("reason"));
      default -> throw unknown(type, json);
    };
  }

  private static IllegalStateException unknown(String type, JsonObject json) {
    return new IllegalStateException(
        "tried to read an event of the type "
            + type
            + " in version "
            + json.getValue("version")
            + " but this program knows the types of version "
            + VERSION);
  }

  private static Digest digest(JsonObject json) {
    return Digest.parse(json.getString("digest"));
  }

  private static Tag tag(JsonObject json) {
    return Tag.parse(json.getString("tag"));
  }
}
