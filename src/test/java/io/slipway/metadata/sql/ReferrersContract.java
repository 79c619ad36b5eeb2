package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.Referrer;
import io.slipway.oci.Digest;
import io.slipway.oci.MediaTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database does with the referrers of a manifest. */
public interface ReferrersContract extends MetadataContract {

  default List<Referrer> referrers(Optional<String> artifactType, String after, int limit) {
    return get(manifests().referrers(APP, digest("image"), artifactType, after, limit));
  }

  default Digest refer(String content, String artifactType) {
    PushBuilder push = manifest(content).artifactType(artifactType).subject(digest("image"));
    get(manifests().put(push.build()));
    return push.digest();
  }

  @Test
  default void listsWhatAClientNeedsOfAReferrer() {
    assertThat(referrers(Optional.empty(), "", 10)).isEmpty();
    Digest signature = refer("signature", "application/x-signature");
    assertThat(referrers(Optional.empty(), "", 10))
        .containsExactly(
            new Referrer(
                signature, MediaTypes.OCI_MANIFEST, "application/x-signature", 9, "{\"a\":\"b\"}"));
  }

  @Test
  default void listsOnlyReferrersOfThatSubjectInThatRepository() {
    get(manifests().put(manifest("image").build()));
    get(manifests().put(manifest("a").in(OTHER).subject(digest("image")).build()));
    get(manifests().put(manifest("b").subject(digest("another")).build()));
    assertThat(referrers(Optional.empty(), "", 10)).isEmpty();
  }

  @Test
  default void filtersByArtifactTypeExactly() {
    Digest sbom = refer("sbom", "application/x-sbom");
    refer("signature", "application/x-signature");
    refer("upper", "application/X-SBOM");
    assertThat(referrers(Optional.of("application/x-sbom"), "", 10))
        .extracting(Referrer::digest)
        .containsExactly(sbom);
    assertThat(referrers(Optional.of("application/x-sbom"), sbom.text(), 10)).isEmpty();
    assertThat(referrers(Optional.of("application/x%"), "", 10)).isEmpty();
    assertThat(referrers(Optional.of("x' OR '1'='1"), "", 10)).isEmpty();
  }

  @Test
  default void listsEveryReferrerOnceByPagesInTheOrderOfDigests() {
    List<String> expected =
        IntStream.range(0, 25).mapToObj(i -> refer("r" + i, "a/b").text()).sorted().toList();
    for (Optional<String> type : List.of(Optional.<String>empty(), Optional.of("a/b"))) {
      List<String> listed = new ArrayList<>();
      for (List<Referrer> page = referrers(type, "", 10);
          !page.isEmpty();
          page = referrers(type, listed.getLast(), 10)) {
        page.forEach(referrer -> listed.add(referrer.digest().text()));
      }
      assertThat(listed).isEqualTo(expected);
    }
  }

  @Test
  default void forgetsAReferrerThatIsDeleted() {
    Digest signature = refer("signature", "a/b");
    get(manifests().delete(APP, signature, ACTOR));
    assertThat(referrers(Optional.empty(), "", 10)).isEmpty();
  }
}
