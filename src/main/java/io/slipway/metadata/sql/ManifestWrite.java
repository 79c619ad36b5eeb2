package io.slipway.metadata.sql;

import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Event.ManifestPushed;
import io.slipway.event.Outbox;
import io.slipway.metadata.ManifestPush;
import io.slipway.oci.Descriptor;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.Manifest;
import io.slipway.oci.RegistryException;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores one manifest: locks what it names, then writes it, its references and its tags. */
final class ManifestWrite {
  // What is damaged is locked, and counts as missing: who pushes heals it.
  private static final String LOCK_BLOBS =
      """
      SELECT digest, (SELECT b.damaged FROM blob b WHERE b.digest = link.digest) AS damaged
      FROM link WHERE repo = $1 AND digest = ANY($2) ORDER BY digest FOR KEY SHARE
      """;
  private static final String LOCK_CHILDREN =
      """
      SELECT digest, damage IS NOT NULL AS damaged
      FROM manifest WHERE repo = $1 AND digest = ANY($2) ORDER BY digest FOR KEY SHARE
      """;
  private static final String MANIFEST =
      """
      INSERT INTO manifest (repo, digest, media_type, artifact_type, subject, annotations, size,
        image_size, created_at, touched_at, content, tag_pushes)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, :now, :now, $9, $10)
      ON CONFLICT (repo, digest) DO UPDATE SET touched_at = excluded.touched_at,
        media_type = excluded.media_type, pushes = manifest.pushes + 1,
        tag_pushes = manifest.tag_pushes + excluded.tag_pushes,
        content = CASE WHEN manifest.content = excluded.content THEN manifest.content
          ELSE excluded.content END,
        damage = NULL
      RETURNING pushes, tag_pushes, image_size
      """;
  // Collection may just have deleted the row: the references are written always, never only with a
  // new manifest.
  static final String REFERENCES =
      """
      INSERT INTO reference (repo, manifest, digest, kind)
      SELECT $1, $2, named.digest, $4 FROM unnest($3) AS named (digest) WHERE TRUE
      ON CONFLICT (repo, manifest, digest, kind) DO NOTHING
      """;
  private static final String TOUCH_SUBJECT =
      "UPDATE manifest SET touched_at = :now WHERE repo = $1 AND digest = $2";

  private final Transaction transaction;
  private final ManifestPush push;
  private final String repo;
  private final Tally tally = new Tally();

  ManifestWrite(Transaction transaction, ManifestPush push) {
    this.transaction = transaction;
    this.push = push;
    this.repo = push.repository().text();
  }

  Future<Void> run() {
    Manifest manifest = push.manifest();
    return lock(LOCK_BLOBS, manifest.blobs(), "blobs")
        .compose(ignored -> lock(LOCK_CHILDREN, manifest.children(), "manifests"))
        .compose(ignored -> Naming.ensureRepository(transaction, push.repository()))
        // Before the manifest itself: a deletion locks a subject before those that refer to it.
        .compose(ignored -> touchSubject())
        .compose(ignored -> writeManifest())
        .compose(ignored -> writeReferences(manifest.blobs(), "blob"))
        .compose(ignored -> writeReferences(manifest.children(), "manifest"))
        .compose(ignored -> writeTags())
        .compose(ignored -> announce())
        .compose(ignored -> tally.write(transaction));
  }

  private Future<Void> lock(String sql, List<Descriptor> named, String what) {
    List<String> digests =
        named.stream().map(descriptor -> descriptor.digest().text()).distinct().sorted().toList();
    if (digests.isEmpty()) {
      return Future.succeededFuture();
    }
    return transaction
        .query(sql, ManifestWrite::sound, repo, digests)
        .map(found -> found.stream().flatMap(Optional::stream).collect(Collectors.toSet()))
        .compose(sound -> refuseMissing(named, sound, what));
  }

  private static Optional<String> sound(Row row) {
    return row.flag("damaged") ? Optional.empty() : Optional.of(row.string("digest"));
  }

  private Future<Void> refuseMissing(List<Descriptor> named, Set<String> found, String what) {
    List<String> missing =
        named.stream()
            .filter(descriptor -> !descriptor.external())
            .map(descriptor -> descriptor.digest().text())
            .filter(digest -> !found.contains(digest))
            .distinct()
            .toList();
    return missing.isEmpty() || !push.referencesRequired()
        ? Future.succeededFuture()
        : Future.failedFuture(
            new RegistryException(
                ErrorCode.MANIFEST_BLOB_UNKNOWN,
                "tried to store the manifest "
                    + push.digest()
                    + " but "
                    + push.repository()
                    + " does not have the "
                    + what
                    + " it names: "
                    + String.join(", ", missing.subList(0, Math.min(10, missing.size()))),
                Map.of("missing", missing)));
  }

  private Future<Void> writeManifest() {
    Manifest manifest = push.manifest();
    @Nullable String subject = manifest.subject().map(Digest::text).orElse(null);
    return transaction
        .first(
            MANIFEST,
            this::count,
            repo,
            push.digest().text(),
            manifest.mediaType(),
            manifest.artifactType(),
            subject,
            manifest.annotations(),
            (long) push.content().length(),
            imageSize(manifest),
            push.content().getBytes(),
            push.tags().isEmpty() ? 0 : 1)
        .mapEmpty();
  }

  private boolean count(Row row) {
    boolean newImage = !push.tags().isEmpty() && row.number("tag_pushes") == 1;
    tally.pushedManifest(repo, row.number("pushes") == 1, newImage, row.number("image_size"));
    return true;
  }

  /** A descriptor's size is its client's word, so the sum stays within what a column holds. */
  static long imageSize(Manifest manifest) {
    long sum = 0;
    for (Descriptor blob : manifest.blobs()) {
      sum = blob.size() > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + blob.size();
    }
    return sum;
  }

  private Future<Void> writeReferences(List<Descriptor> named, String kind) {
    List<String> digests =
        named.stream().map(descriptor -> descriptor.digest().text()).distinct().sorted().toList();
    return digests.isEmpty()
        ? Future.succeededFuture()
        : transaction.update(REFERENCES, repo, push.digest().text(), digests, kind).mapEmpty();
  }

  private Future<Void> touchSubject() {
    return push.manifest().subject().isEmpty()
        ? Future.succeededFuture()
        : transaction
            .update(TOUCH_SUBJECT, repo, push.manifest().subject().get().text())
            .mapEmpty();
  }

  private Future<Void> writeTags() {
    TagWrite write = new TagWrite(transaction, push.repository(), push.actor(), tally);
    Stream<Supplier<Future<?>>> moves =
        // Sorted: two pushes of the same tags would wait for each other.
        push.tags().stream()
            .distinct()
            .sorted(Comparator.comparing(Tag::text))
            .map(tag -> () -> write.move(tag, push.digest(), push.condition()));
    return inOrder(moves.toList());
  }

  private Future<Void> announce() {
    ManifestPushed event =
        new ManifestPushed(
            push.repository(),
            push.actor(),
            push.digest(),
            push.manifest().mediaType(),
            push.content().length(),
            push.manifest().subject());
    return Outbox.append(transaction, event)
        .compose(ignored -> CopyDue.manifest(transaction, push.repository(), push.digest()));
  }

  private static Future<Void> inOrder(List<Supplier<Future<?>>> steps) {
    Future<Void> done = Future.succeededFuture();
    for (Supplier<Future<?>> step : steps) {
      done = done.compose(ignored -> step.get().mapEmpty());
    }
    return done;
  }
}
