package io.slipway.blob;

import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/**
 * The objects of a store that cannot rename, for its housekeeping: a request may be carried out
 * long after it was made, so keys are copied to and deleted by rules that stand in the metadata.
 */
public interface ObjectStore {

  /** Returns where the bytes of a digest belong. */
  String home(Digest digest);

  /**
   * Copies an object within the store, over what was there; whole when the future completes. Fails
   * with {@code BLOB_UNKNOWN} when the store says that there is nothing to copy.
   *
   * @param size of it, which the copy is held to
   */
  Future<Void> copy(String from, String to, long size);

  /** Returns how many keys one should have signed together: what a request takes at present. */
  int deletedAtOnce();

  /**
   * Makes requests to delete that are worth nothing a minute later, and sends none of them. Each
   * deletes all of its keys, so one must not be sent when a single one of them is to stay.
   *
   * @param keys each once; every one is a key of exactly one of the requests
   */
  Future<List<SignedDelete>> sign(List<String> keys);

  /** Lists objects that are older than a moment, at most 1000 after a key, in the order of keys. */
  Future<Page> list(String folder, String after, Instant olderThan);

  /**
   * Lists multipart uploads that nobody finished, begun before a moment, at most 1000 after one, in
   * the order of keys. Finds nothing where the server lists only the uploads of one exact key.
   *
   * @param after the last one of the page before; {@link Unfinished#NONE} for the first page
   */
  Future<UnfinishedPage> unfinished(String folder, Unfinished after, Instant olderThan);

  /** Gives up a multipart upload and its parts; nothing happens when there is none. */
  Future<Void> abort(Unfinished upload);

  /** A request to delete one object or many. */
  interface SignedDelete {
    List<String> keys();

    /** Sends it, once; the keys of which the store says that they are gone. */
    Future<List<String>> send();
  }

  /**
   * A part of a listing.
   *
   * @param last where the next page begins after; empty when this is the last one
   */
  record Page(List<String> keys, String last) {}

  /** A multipart upload that was begun and neither completed nor given up. */
  record Unfinished(String key, String id) {
    public static final Unfinished NONE = new Unfinished("", "");
  }

  /**
   * A part of a listing of multipart uploads.
   *
   * @param last where the next page begins after; {@link Unfinished#NONE} when this is the last one
   */
  record UnfinishedPage(List<Unfinished> uploads, Unfinished last) {}
}
