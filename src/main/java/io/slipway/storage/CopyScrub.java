package io.slipway.storage;

import io.slipway.metadata.Copies.Kind;
import io.slipway.metadata.Restore.FoundTag;
import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.KnownManifest;
import io.slipway.metadata.Scrubbed.KnownTag;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks whether the copies are there from which the metadata would be made anew, and has those
 * written again that are missing or wrong. What is being copied anyway is left alone.
 */
final class CopyScrub {
  private final Vertx vertx;
  private final CopyReader copies;
  private final Scrubbed metadata;
  private final Pace pace;
  private final ScrubCount count;
  private final boolean dryRun;

  CopyScrub(
      Vertx vertx,
      CopyReader copies,
      Scrubbed metadata,
      Pace pace,
      ScrubCount count,
      boolean dryRun) {
    this.vertx = vertx;
    this.copies = copies;
    this.metadata = metadata;
    this.pace = pace;
    this.count = count;
    this.dryRun = dryRun;
  }

  /** Looks at the copy of a manifest whose row is right; fails when that cannot be done now. */
  Future<Void> check(KnownManifest manifest) {
    Position at = manifest.position();
    return find(manifest)
        .compose(
            wrong ->
                wrong.isEmpty()
                    ? Future.succeededFuture(wrong)
                    // A push may be younger than its copy: a second look comes after the copy.
                    : metadata
                        .isSettled(at)
                        .compose(
                            settled ->
                                settled
                                    ? find(manifest)
                                    : Future.succeededFuture(Optional.empty())))
        .compose(
            wrong ->
                again(
                    Kind.MANIFEST,
                    at,
                    "the manifest " + at.digest() + " of " + at.repository(),
                    wrong));
  }

  /** Says what is wrong with a copy. */
  private Future<Optional<String>> find(KnownManifest manifest) {
    Position at = manifest.position();
    return copies
        .manifestBytes(at.repository(), Digest.parse(at.digest()))
        .compose(
            found -> {
              int read = found.map(Buffer::length).orElse(0);
              count.read(read);
              Future<Optional<String>> wrong =
                  found.isEmpty()
                      ? Future.succeededFuture(Optional.of("it is missing"))
                      : compare(found.get(), manifest.content())
                          .map(same -> same ? Optional.empty() : Optional.of("it has other bytes"));
              return wrong.compose(reason -> pace.after(read).map(reason));
            });
  }

  private Future<Boolean> compare(Buffer copy, Buffer content) {
    return vertx.executeBlocking(() -> copy.equals(content), false).map(Objects::requireNonNull);
  }

  /** Looks at the copy of a tag; fails when that cannot be done now. */
  Future<Void> check(KnownTag tag) {
    Position at = tag.position();
    return find(tag)
        .compose(
            wrong ->
                wrong.isEmpty()
                    ? Future.succeededFuture(wrong)
                    // It may have moved since it was listed, and its copy with it.
                    : metadata
                        .settledTag(at)
                        .compose(
                            now ->
                                now.map(this::find)
                                    .orElseGet(() -> Future.succeededFuture(Optional.empty()))))
        .compose(
            wrong ->
                again(Kind.TAG, at, "the tag " + at.digest() + " of " + at.repository(), wrong));
  }

  private Future<Optional<String>> find(KnownTag tag) {
    Position at = tag.position();
    return copies
        .tag(at.repository(), at.digest(), tag.version())
        .map(found -> found.map(copy -> wrong(copy, tag)).orElse(Optional.of("it is missing")))
        // What is no JSON, for example, was not written by a registry.
        .recover(
            cause ->
                CopyReader.isMalformed(cause)
                    ? Future.succeededFuture(Optional.of("it has other bytes"))
                    : Future.failedFuture(cause));
  }

  private static Optional<String> wrong(FoundTag copy, KnownTag tag) {
    return copy.digest().equals(tag.digest())
        ? Optional.empty()
        : Optional.of("it names " + copy.digest().map(Digest::text).orElse("nothing"));
  }

  private Future<Void> again(Kind kind, Position row, String what, Optional<String> reason) {
    if (reason.isEmpty()) {
      return Future.succeededFuture();
    }
    return (dryRun ? Future.succeededFuture(true) : metadata.recopy(kind, row))
        .map(
            due -> {
              if (due) {
                count.copy(what, reason.get());
              }
              return null;
            });
  }
}
