package io.slipway.storage;

import static java.util.Objects.requireNonNull;

import io.slipway.metadata.Restore;
import io.slipway.metadata.Restore.Doubtful;
import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Restore.Suspect;
import io.slipway.oci.Descriptor;
import io.slipway.oci.Manifest;
import io.slipway.oci.ManifestParser;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes out the manifests that a push would have refused, and those that then lack a child. */
final class IncompleteManifests {
  private final Restore restore;
  private final RebuildCount count;

  IncompleteManifests(Restore restore, RebuildCount count) {
    this.restore = restore;
    this.count = count;
  }

  /** Tells whether something may be missing. */
  Future<Boolean> any() {
    AtomicReference<@Nullable Position> next = new AtomicReference<>(Position.START);
    AtomicBoolean found = new AtomicBoolean();
    return Rounds.whileMore(
            () ->
                page(next)
                    .map(
                        page -> {
                          found.set(!page.suspects().isEmpty());
                          return !found.get() && page.last() != null;
                        }))
        .map(ignored -> found.get());
  }

  private Future<Doubtful> page(AtomicReference<@Nullable Position> next) {
    return restore.doubtful(requireNonNull(next.get())).onSuccess(page -> next.set(page.last()));
  }

  /** Looks again until nothing changes: an index falls with its child. */
  Future<Void> remove() {
    return Rounds.whileMore(this::removeOnce);
  }

  private Future<Boolean> removeOnce() {
    AtomicReference<@Nullable Position> next = new AtomicReference<>(Position.START);
    AtomicBoolean changed = new AtomicBoolean();
    return Rounds.whileMore(
            () ->
                page(next)
                    .compose(
                        page -> {
                          List<Position> incomplete = incomplete(page);
                          changed.compareAndSet(false, !incomplete.isEmpty());
                          return (incomplete.isEmpty()
                                  ? Future.<Void>succeededFuture()
                                  : restore.remove(incomplete))
                              .map(ignored -> page.last() != null);
                        }))
        .map(ignored -> changed.get());
  }

  private List<Position> incomplete(Doubtful page) {
    List<Position> incomplete = new ArrayList<>();
    for (Suspect suspect : page.suspects()) {
      List<String> missing = missing(suspect);
      if (!missing.isEmpty()) {
        count.incomplete(suspect, missing);
        incomplete.add(suspect.position());
      }
    }
    return incomplete;
  }

  /** What may live elsewhere is not missed. */
  private static List<String> missing(Suspect suspect) {
    Manifest manifest = ManifestParser.parse(suspect.content().getBytes(), suspect.mediaType());
    return Stream.concat(manifest.blobs().stream(), manifest.children().stream())
        .filter(one -> !one.external())
        .map(Descriptor::digest)
        .map(Object::toString)
        .filter(suspect.missing()::contains)
        .distinct()
        .toList();
  }
}
