package io.slipway.storage;

import io.slipway.blob.StoreContents;
import io.slipway.blob.StoreContents.Snapshot;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.BlobState;
import io.slipway.metadata.Scrubbed.KnownBlob;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import java.util.Optional;

/** Looks at the bytes of one blob after the other, and puts aside those that are wrong. */
final class BlobScrub {
  private final StoreContents contents;
  private final Scrubbed metadata;
  private final Pace pace;
  private final ScrubCount count;
  private final boolean dryRun;

  BlobScrub(
      StoreContents contents, Scrubbed metadata, Pace pace, ScrubCount count, boolean dryRun) {
    this.contents = contents;
    this.metadata = metadata;
    this.pace = pace;
    this.count = count;
    this.dryRun = dryRun;
  }

  /** Looks at a blob; fails when that cannot be done now. */
  Future<Void> check(KnownBlob known) {
    StoredBlob blob = known.blob();
    return contents
        .open(blob.location())
        .compose(
            found ->
                found.isEmpty()
                    ? damaged(known, Optional.empty(), "its bytes are missing")
                    : check(known, found.get()).eventually(() -> found.get().close()))
        .recover(cause -> isGone(cause) ? Future.succeededFuture() : Future.failedFuture(cause));
  }

  /** Replaced or deleted while it was read: somebody else has taken care. */
  private static boolean isGone(Throwable cause) {
    return cause instanceof RegistryException e && e.code() == ErrorCode.BLOB_UNKNOWN;
  }

  private Future<Void> check(KnownBlob known, Snapshot snapshot) {
    Digest digest = known.blob().digest();
    if (snapshot.size() != known.blob().size()) {
      return damaged(
          known,
          Optional.of(snapshot),
          "it has " + snapshot.size() + " bytes, not " + known.blob().size());
    }
    return ContentHash.of(snapshot, pace, digest.algorithm())
        .compose(
            found -> {
              count.read(snapshot.size());
              if (!found.getFirst().equals(digest)) {
                return damaged(
                    known, Optional.of(snapshot), "its bytes have the digest " + found.getFirst());
              }
              return known.damaged() ? sound(known.blob()) : Future.succeededFuture();
            });
  }

  private Future<Void> sound(StoredBlob blob) {
    return (dryRun ? Future.succeededFuture(true) : metadata.sound(blob.digest(), blob.location()))
        .map(
            healed -> {
              if (healed) {
                count.healed("the blob " + blob.digest());
              }
              return null;
            });
  }

  private Future<Void> damaged(KnownBlob known, Optional<Snapshot> snapshot, String reason) {
    if (known.damaged()) {
      return Future.succeededFuture();
    }
    StoredBlob blob = known.blob();
    // Before the store is looked at for the last time: what is pushed in between is seen there,
    // what is pushed later keeps the mark away.
    return metadata
        .state(blob.digest())
        .map(now -> now.filter(state -> state.location().equals(blob.location())))
        .compose(
            now ->
                now.isEmpty()
                    ? Future.succeededFuture(false)
                    : quarantine(blob, now.get(), snapshot, reason))
        .map(
            done -> {
              if (done) {
                count.damaged("the blob " + blob.digest(), reason);
              }
              return null;
            });
  }

  private Future<Boolean> quarantine(
      StoredBlob blob, BlobState seen, Optional<Snapshot> snapshot, String reason) {
    return dryRun
        ? Future.succeededFuture(true)
        : contents.quarantine(
            blob.digest(),
            blob.location(),
            snapshot,
            aside -> metadata.damaged(blob.digest(), seen, aside, reason));
  }
}
