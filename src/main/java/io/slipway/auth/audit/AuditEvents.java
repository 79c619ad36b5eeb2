package io.slipway.auth.audit;

import io.slipway.event.Event;
import io.slipway.event.EventDelivery;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import java.util.Optional;

/** Says of events what the audit log keeps. */
final class AuditEvents {
  private static final int MAX_SUBJECT = 512;

  private AuditEvents() {}

  /** Returns nothing for an event this program cannot read. */
  static Optional<AuditEntry> find(EventDelivery delivery) {
    try {
      return Optional.of(entry(delivery));
    } catch (RuntimeException e) {
      // Whatever is wrong with one event must not hold up those beside it.
      return Optional.empty();
    }
  }

  /** Throws {@code IllegalStateException} for an event of a newer program. */
  static AuditEntry entry(EventDelivery delivery) {
    Event event = delivery.event();
    return new AuditEntry(
        delivery.eventId(),
        delivery.createdAt(),
        AuditText.of(event.actor().name(), AuditText.MAX_ACTOR),
        event.actor().address(),
        event instanceof Event.AccessChanged access ? access.change() : delivery.type(),
        outcome(event),
        repository(event),
        digest(event),
        AuditText.of(subject(event), MAX_SUBJECT),
        1);
  }

  private static AuditOutcome outcome(Event event) {
    return event instanceof Event.GcCompleted gc && !gc.outcome().equals("completed")
        ? AuditOutcome.FAILED
        : AuditOutcome.DONE;
  }

  private static Optional<RepositoryName> repository(Event event) {
    return event instanceof Event.InRepository in ? Optional.of(in.repository()) : Optional.empty();
  }

  private static Optional<Digest> digest(Event event) {
    return switch (event) {
      case Event.ManifestPushed e -> Optional.of(e.digest());
      case Event.ManifestDeleted e -> Optional.of(e.digest());
      case Event.TagMoved e -> Optional.of(e.digest());
      case Event.BlobPushed e -> Optional.of(e.digest());
      case Event.BlobMounted e -> Optional.of(e.digest());
      case Event.BlobDeleted e -> Optional.of(e.digest());
      case Event.BlobDamaged e -> Optional.of(e.digest());
      case Event.TagDeleted ignored -> Optional.empty();
      case Event.GcStarted ignored -> Optional.empty();
      case Event.GcProgressed ignored -> Optional.empty();
      case Event.GcCompleted ignored -> Optional.empty();
      case Event.AccessChanged ignored -> Optional.empty();
    };
  }

  private static String subject(Event event) {
    return switch (event) {
      case Event.TagMoved e -> e.tag().text();
      case Event.TagDeleted e -> e.tag().text();
      case Event.BlobMounted e -> "from " + e.from();
      case Event.BlobDamaged e -> e.reason();
      case Event.GcStarted e -> e.run();
      case Event.GcProgressed e ->
          "%s %s: %d manifests, %d links, %d blobs, %d bytes"
              .formatted(e.run(), e.phase(), e.manifests(), e.links(), e.blobs(), e.bytes());
      case Event.GcCompleted e ->
          "%s %s: %d manifests, %d blobs, %d bytes"
              .formatted(e.run(), e.outcome(), e.manifests(), e.blobs(), e.bytes());
      case Event.AccessChanged e -> e.subject();
      case Event.ManifestPushed e -> e.subject().map(of -> "refers to " + of).orElse("");
      case Event.ManifestDeleted ignored -> "";
      case Event.BlobPushed ignored -> "";
      case Event.BlobDeleted ignored -> "";
    };
  }
}
