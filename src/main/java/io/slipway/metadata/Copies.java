package io.slipway.metadata;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows which copies in the blob store, from which the metadata can be rebuilt, are out of date.
 */
public interface Copies {

  /**
   * Lists what is due, longest first.
   *
   * @param passed how many at the beginning are passed over
   */
  Future<List<Due>> due(int limit, int passed);

  /**
   * Returns how many milliseconds the longest is due, by the clock that says since when; 0 when
   * nothing is.
   */
  Future<Long> lag();

  /** Reads a tag as it is now, deleted ones included. */
  Future<Optional<TagState>> tag(String repository, String name);

  /** Reads a manifest as it is now; empty when it was deleted. */
  Future<Optional<ManifestState>> manifest(String repository, String digest);

  /** Notes that a copy was written; it stays due when another change came meanwhile. */
  Future<Void> done(Due due, long version);

  /**
   * A copy that is out of date.
   *
   * @param name a tag or a digest
   * @param since when it became so, milliseconds since 1970; each change of a copy has its own
   */
  record Due(Kind kind, String repository, String name, long since) {}

  /** What is copied. */
  enum Kind {
    TAG,
    MANIFEST
  }

  /**
   * A tag.
   *
   * @param digest what it names; null when it was deleted
   * @param copied the version that was copied before; null for none
   * @param updatedAt milliseconds since 1970
   */
  record TagState(
      @Nullable String digest, long version, @Nullable Long copied, long updatedAt, String actor) {}

  /** A manifest. */
  record ManifestState(String mediaType, Buffer content) {}
}
