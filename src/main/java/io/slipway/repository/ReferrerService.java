package io.slipway.repository;

import io.slipway.metadata.Manifests;
import io.slipway.metadata.Referrer;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.Optional;

/** Lists what refers to a manifest (distribution-spec, "Listing Referrers"). */
public final class ReferrerService {
  /** How many referrers a page has at most. */
  private static final int PAGE = 1000;

  /**
   * How long what the referrers of a page say of themselves is at most, in bytes: a page must fit
   * into a manifest's bound.
   */
  private static final long PAGE_BYTES = 2L << 20;

  private final Manifests manifests;

  public ReferrerService(Manifests manifests) {
    this.manifests = manifests;
  }

  /**
   * Lists one page of referrers, by digest; the subject need not exist.
   *
   * @param artifactType only those of this type; empty for all
   * @param after the last digest of the page before; empty text for the first page
   */
  public Future<Page<Referrer>> list(
      RepositoryName repository, Digest subject, Optional<String> artifactType, String after) {
    return manifests
        .referrers(repository, subject, artifactType, after, PAGE, PAGE_BYTES)
        .map(found -> new Page<>(found.referrers(), found.more()));
  }
}
