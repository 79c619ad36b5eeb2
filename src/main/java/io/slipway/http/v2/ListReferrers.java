package io.slipway.http.v2;

import io.slipway.metadata.Referrer;
import io.slipway.oci.Digest;
import io.slipway.oci.MediaTypes;
import io.slipway.oci.RepositoryName;
import io.slipway.repository.Page;
import io.slipway.repository.ReferrerService;
import io.slipway.runtime.PercentCode;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** Lists what refers to a manifest, as an index (distribution-spec, "Listing Referrers"). */
final class ListReferrers implements Operation {
  private final ReferrerService referrers;

  ListReferrers(ReferrerService referrers) {
    this.referrers = referrers;
  }

  @Override
  public void handle(Exchange exchange) {
    RepositoryName repository = exchange.repository();
    Digest subject = exchange.digest();
    Optional<String> artifactType = exchange.query().text("artifactType");
    String after = exchange.query().text("last").map(Digest::parse).map(Digest::text).orElse("");
    exchange.when(
        referrers.list(repository, subject, artifactType, after),
        page -> {
          HttpServerResponse response = exchange.response();
          response.putHeader(V2Headers.CONTENT_TYPE, MediaTypes.OCI_INDEX);
          artifactType.ifPresent(
              ignored -> response.putHeader(V2Headers.OCI_FILTERS_APPLIED, "artifactType"));
          if (page.more()) {
            String path = "/v2/" + repository.text() + "/referrers/" + subject.text();
            response.putHeader(
                V2Headers.LINK, exchange.nextPage(path, nextQuery(page, artifactType)));
          }
          BytesSender.end(response, ReferrersIndex.of(page.items()));
        });
  }

  private static String nextQuery(Page<Referrer> page, Optional<String> artifactType) {
    String last = "last=" + page.items().getLast().digest().text();
    return artifactType
        .map(type -> "artifactType=" + PercentCode.encode(type) + "&" + last)
        .orElse(last);
  }
}
