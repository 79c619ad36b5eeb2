package io.slipway.metadata;

import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps upload sessions. Each change is one statement that the epoch guards: of two writers exactly
 * one wins.
 */
public interface Uploads {

  /**
   * Opens a session; its row is there before its first byte is written anywhere.
   *
   * @param most how many the actor may have that are open or sealed; those that ask at the same
   *     moment may get a few more
   * @return false when the actor has as many
   */
  Future<Boolean> open(
      String id, RepositoryName repository, DigestAlgorithm algorithm, Actor actor, int most);

  Future<Optional<UploadRow>> find(String id);

  /**
   * Makes the caller the writer.
   *
   * @param start where it wants to begin; empty for wherever the upload ends
   * @param writer names the caller's node, which lets one request at a time get here: it is not
   *     held up by a writer of its own that could not say goodbye
   * @return the session with the caller's epoch; empty when it is not open, ends elsewhere or has a
   *     live writer on another node
   */
  Future<Optional<UploadRow>> begin(
      String id, RepositoryName repository, OptionalLong start, String writer);

  /**
   * Records how far the upload is. When it fails it may have been carried out, or still be; the
   * next {@code last} one that is answered, or the next {@link #begin}, puts an end to that.
   *
   * @param last whether the caller stops writing: nothing it asked for takes effect afterwards
   * @return false when the caller had stopped, or somebody took over: then nothing since the last
   *     checkpoint counts
   */
  Future<Boolean> checkpoint(String id, long epoch, UploadProgress progress, boolean last);

  /** Fixes bytes and digest; false when the caller had stopped, or somebody took over. */
  Future<Boolean> seal(String id, long epoch, UploadProgress progress, Digest digest);

  /**
   * Names the bytes of a sealed session and links them, in one transaction; false when the session
   * was closed meanwhile.
   */
  Future<Boolean> finish(UploadRow upload, StoredBlob blob, Actor actor);

  /** Closes one session; false when it is not open or sealed. */
  Future<Boolean> close(String id, RepositoryName repository);

  /** The housekeeping of sessions. */
  UploadHousekeeping housekeeping();

  /** Ends what nobody will go on with. Harmless twice, on any node. */
  interface UploadHousekeeping {
    /** How many sessions are listed at once, at most. */
    int PAGE = 1000;

    /** Closes sessions without a sign of life for {@code timeout}, or older than {@code maxAge}. */
    Future<Integer> closeStale(Duration timeout, Duration maxAge);

    /** Lists closed sessions, whose bytes are to be deleted, by id, a page after the given one. */
    Future<List<String>> closed(String after);

    /** Forgets closed sessions, whose bytes are gone. */
    Future<Void> forget(List<String> ids);

    /**
     * Lists sessions that were finished longer ago than this, by id, a page after the given one.
     */
    Future<List<UploadRow>> finished(Duration age, String after);

    /** Forgets finished sessions of which nothing is left over. */
    Future<Void> forgetFinished(List<String> ids);

    /** Forgets sessions that were finished longer ago than this. */
    Future<Void> forgetFinished(Duration age);

    /** Lists sessions that are open or sealed, by id, a page after the given one. */
    Future<List<UploadRow>> unfinished(String after);

    /**
     * Sets what was found of a session of an earlier life of the only process, and frees it from
     * its dead writer.
     */
    Future<Void> recover(String id, long size);
  }
}
