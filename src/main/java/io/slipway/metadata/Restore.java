package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.slipway.oci.Manifest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills the metadata from what the blob store has, while nothing else uses it. Each call is one
 * transaction and harmless twice; what is there already stays.
 *
 * <p>One belongs to one rebuild. What changes anything fails, and changes nothing, unless it is
 * noted that this rebuild is at work: not before {@link #begin} or {@link #goOn}, and not after the
 * {@link #end} or when another one has gone on with it.
 */
public interface Restore {
  /** What the metadata are before anything is restored. */
  enum State {
    EMPTY,
    /** What there was is being forgotten, and some of it may be there still. */
    FORGETTING,
    /** A restore was begun and did not end. */
    UNFINISHED,
    FILLED
  }

  Future<State> state();

  /**
   * Notes that from now on the metadata say less than they should; false when that is noted.
   *
   * @param forgets whether everything there is has to be forgotten first
   */
  Future<Boolean> begin(boolean forgets);

  /** Takes over what another rebuild, which is dead or asleep, has begun. */
  Future<Void> goOn();

  /** Notes that everything has been forgotten. */
  Future<Void> forgotten();

  /**
   * Forgets a part of everything there is; true when there may be more. Does nothing unless it is
   * noted that this rebuild forgets everything.
   */
  Future<Boolean> forget();

  /** Names bytes that nobody links yet. */
  Future<Void> blobs(List<FoundBlob> blobs);

  /** Stores manifests, what they refer to, and links to those of their blobs that are named. */
  Future<Void> manifests(List<FoundManifest> manifests);

  /**
   * Moves tags to versions that are higher than theirs.
   *
   * @return those whose manifest is not there: they count as deleted
   */
  Future<List<FoundTag>> tags(List<FoundTag> tags);

  /** Tells whether a manifest names a blob of this digest that is not there. */
  Future<Boolean> isWanted(Digest digest);

  /** Names bytes, and links them wherever a manifest names them. */
  Future<Void> link(FoundBlob blob);

  /**
   * Goes through the next hundred manifests, for those of which something may be missing; through
   * fewer when they are more than 8 MiB, and one at least.
   */
  Future<Doubtful> doubtful(Position after);

  /** Takes manifests out. */
  Future<Void> remove(List<Position> manifests);

  /** Notes durably that this was all. */
  Future<Void> end();

  /**
   * Bytes in the store.
   *
   * @param at when they were written, milliseconds since 1970
   */
  record FoundBlob(StoredBlob blob, long at) {}

  /** The copy of a manifest. */
  record FoundManifest(
      RepositoryName repository, Digest digest, Manifest manifest, Buffer content, long at) {}

  /**
   * The copy of a tag.
   *
   * @param digest what it names; empty when it was deleted
   */
  record FoundTag(
      RepositoryName repository,
      Tag tag,
      long version,
      Optional<Digest> digest,
      long updatedAt,
      String actor) {}

  /** Names a manifest, and the place of one in the order of all. */
  record Position(String repository, String digest) {
    public static final Position START = new Position("", "");
  }

  /**
   * A part of the manifests.
   *
   * @param last where the next part begins after; null when this was the last one
   */
  record Doubtful(List<Suspect> suspects, @Nullable Position last) {}

  /** A manifest and those things it names that are not there. */
  record Suspect(Position position, String mediaType, Buffer content, Set<String> missing) {}
}
