package io.slipway.metadata;

import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what nothing needs, in pages that read a bounded number of rows. Changes nothing, and
 * decides nothing: what it finds may be needed again when the answer comes.
 *
 * <p>A cutoff is a moment in the database's clock, milliseconds since 1970: what was touched later
 * is needed.
 */
public interface GarbageMarks {

  /** Returns the database's clock, milliseconds since 1970. */
  Future<Long> now();

  /**
   * Lists manifests without a tag now or since the cutoff, and without a tagged index or subject:
   * in the order of repositories. Others may still hold them.
   */
  Future<Page<InRepository>> manifests(Cursor after, long cutoff);

  /** Returns who holds some manifests: the indexes that name them, and their subjects. */
  Future<List<Hold>> holds(RepositoryName repository, List<Digest> manifests);

  /**
   * Lists links that no manifest of their repository names; those that an upload {@link #held
   * holds} are needed nevertheless.
   */
  Future<Page<InRepository>> links(Cursor after, long cutoff);

  /** Lists blobs that no repository links. */
  Future<Page<DeadBlob>> blobs(Cursor after, long cutoff);

  /**
   * Returns those of some repositories that have an open upload, or one that was finished since the
   * cutoff and within the last minute: a push is between two blobs, or before its manifest. Not
   * longer: a repository with a push every few minutes would never lose a link.
   */
  Future<Set<RepositoryName>> uploading(Set<RepositoryName> repositories, long cutoff);

  /**
   * Returns those of some links that a push may need while their repository is {@link #uploading}:
   * what was touched longer before the cutoff than an upload may last is of no push under way.
   */
  Future<List<Digest>> held(RepositoryName repository, List<Digest> links, long cutoff);

  /** Returns what some manifests name, and how often all of them together. */
  Future<Map<Digest, Long>> namedBy(RepositoryName repository, List<Digest> manifests);

  /** Returns those links that would go with so many references to them. */
  Future<List<Digest>> linksWithout(
      RepositoryName repository, Map<Digest, Long> references, long cutoff);

  /** Returns those blobs that would go with so many links to them. */
  Future<List<DeadBlob>> blobsWithout(Map<Digest, Long> links, long cutoff);

  /**
   * Where a page begins.
   *
   * @param repository empty for blobs, which are in none
   */
  record Cursor(String repository, String digest) {
    /** Before everything. */
    public static final Cursor START = new Cursor("", "");

    /** Behind everything. */
    public static final Cursor END = new Cursor("~", "~");
  }

  /**
   * What was found among some rows.
   *
   * @param last where the next page begins; {@link Cursor#END} when there is none
   */
  record Page<T>(List<T> found, Cursor last) {}

  /** One manifest is needed as long as the other is. */
  record Hold(Digest held, Digest holder) {}
}
