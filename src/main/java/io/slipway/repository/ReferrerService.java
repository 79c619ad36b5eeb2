package io.slipway.repository;

import io.slipway.metadata.Manifests;
import io.slipway.metadata.Referrer;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists what refers to a manifest (distribution-spec, "Listing Referrers"). */
public final class ReferrerService {
  /** How many referrers a page has at most. */
  private static final int PAGE = 1000;

  /**
   * How many characters of annotations a page has at most: a page of referrers must fit into a
   * manifest's bound.
   */
  private static final int PAGE_CHARACTERS = 2 * 1024 * 1024;

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
        .referrers(repository, subject, artifactType, after, PAGE + 1)
        .map(ReferrerService::page);
  }

  private static Page<Referrer> page(List<Referrer> found) {
    List<Referrer> items = new ArrayList<>();
    int characters = 0;
    for (Referrer referrer : found) {
      characters += referrer.annotations().length();
      if (items.size() == PAGE || (!items.isEmpty() && characters > PAGE_CHARACTERS)) {
        return new Page<>(items, true);
      }
      items.add(referrer);
    }
    return new Page<>(items, false);
  }
}
