package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * What a check of all bytes asks the metadata and tells them. Every change names what was looked at
 * and does nothing when that is not so any more.
 */
public interface Scrubbed {
  /** Lists blobs by digest, after one; damaged ones too. */
  Future<List<KnownBlob>> blobs(String after, int limit);

  /** Returns what tells the bytes of a digest from later ones; empty when it has no row. */
  Future<Optional<BlobState>> state(Digest digest);

  /**
   * Marks a blob that is not damaged yet, and tells every repository that links it.
   *
   * @param seen its state before the last look at what is there, where it was found wrong
   * @param aside where the wrong bytes are now; another key means that the first is to be deleted
   * @return false when it was pushed or is elsewhere by now, or marked already
   */
  Future<Boolean> damaged(Digest digest, BlobState seen, String aside, String reason);

  /** Takes the mark of a blob away, whose bytes are right. */
  Future<Boolean> sound(Digest digest, String location);

  /** Lists manifests by repository and digest, after one; damaged ones too. */
  Future<List<Restore.Position>> manifests(Restore.Position after, int limit);

  /** Reads a manifest, damaged or not; empty when it was deleted. */
  Future<Optional<KnownManifest>> manifest(Restore.Position position);

  /** Puts right bytes in the place of a manifest's. */
  Future<Void> repair(Restore.Position manifest, Buffer content);

  /**
   * Marks a manifest, so that it is absent until somebody pushes it again.
   *
   * @param manifest as it was found wrong
   * @return false when it has other bytes by now, or was deleted
   */
  Future<Boolean> damaged(KnownManifest manifest, String reason);

  /** Lists tags by repository and name, after one; deleted ones too. */
  Future<List<KnownTag>> tags(Restore.Position after, int limit);

  /** Tells whether a manifest is there whose copy should be written by now. */
  Future<Boolean> isSettled(Restore.Position manifest);

  /** Returns a tag as it is now; empty when it is not there, or its copy is still to be written. */
  Future<Optional<KnownTag>> settledTag(Restore.Position tag);

  /**
   * Has the copy of a manifest or a tag written anew.
   *
   * @return false when it is to be written anyway, or there is no such row any more
   */
  Future<Boolean> recopy(Copies.Kind kind, Restore.Position row);

  /** Returns the time, which is one for all nodes; milliseconds since 1970. */
  Future<Long> now();

  /** Returns what was kept under {@link #keep}; empty at first. */
  Future<Optional<String>> kept();

  /** Keeps where a check is. */
  Future<Void> keep(String state);

  /** A blob and where it should be. */
  record KnownBlob(StoredBlob blob, boolean damaged) {}

  /**
   * Where the bytes of a digest are. Other bytes come to the same place by a push only, which is
   * counted.
   *
   * @param createdAt milliseconds since 1970; the count begins anew with the row
   */
  record BlobState(String location, long pushes, long createdAt) {}

  /**
   * A tag.
   *
   * @param digest what it names; empty when it was deleted
   */
  record KnownTag(Restore.Position position, Optional<Digest> digest, long version) {}

  /** A manifest and its bytes. */
  record KnownManifest(Restore.Position position, Buffer content, boolean damaged) {}
}
