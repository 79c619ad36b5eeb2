package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.Referrer;
import io.slipway.oci.Digest;
import io.slipway.oci.MediaTypes;
import io.slipway.repository.Page;
import io.slipway.repository.ReferrerService;
import io.slipway.testing.WatchedDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database does with the referrers of a manifest. */
public interface ReferrersContract extends MetadataContract {

  default List<Referrer> referrers(Optional<String> artifactType, String after, int limit) {
    return get(manifests().referrers(APP, digest("image"), artifactType, after, limit, 1 << 20))
        .referrers();
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

  /** What somebody pushed may be as long as a manifest; a page of them must fit into memory. */
  @Test
  default void readsNoMoreThanAPageOfWhatReferrersSayOfThemselves() {
    List<String> expected =
        IntStream.range(0, 12).mapToObj(i -> refer("r" + i, "a/b").text()).sorted().toList();
    widen("annotations", "{\"a\":\"", "\"}", expected.subList(0, 5));
    widen("artifact_type", "", "", expected.subList(4, 8));
    WatchedDatabase watched = new WatchedDatabase(database());
    ReferrerService service = new ReferrerService(new SqlManifests(watched));
    List<String> listed = new ArrayList<>();
    List<Integer> pages = new ArrayList<>();
    for (boolean more = true; more; ) {
      String after = listed.isEmpty() ? "" : listed.getLast();
      Page<Referrer> page = get(service.list(APP, digest("image"), Optional.empty(), after));
      page.items().forEach(referrer -> listed.add(referrer.digest().text()));
      pages.add(page.items().size());
      more = page.more();
    }
    assertThat(listed).isEqualTo(expected);
    assertThat(pages).containsExactly(2, 2, 1, 2, 5);
    assertThat(watched.lengths()).hasSize(5).allMatch(length -> length < 2 << 20);
  }

  /** Makes a text of some manifests a mebibyte long, less a little. */
  private void widen(String column, String start, String end, List<String> digests) {
    String text = start + "x".repeat((1 << 20) - 1000) + end;
    String sql = "UPDATE manifest SET " + column + " = $1 WHERE digest = ANY($2)";
    get(database().update(sql, text, digests));
  }

  @Test
  default void listsAReferrerThatIsLongerThanAPageAlone() {
    List<String> expected =
        IntStream.range(0, 3).mapToObj(i -> refer("r" + i, "a/b").text()).sorted().toList();
    String text = "{\"a\":\"" + "x".repeat(4 << 20) + "\"}";
    get(database().update("UPDATE manifest SET annotations = $1", text));
    ReferrerService service = new ReferrerService(manifests());
    for (int i = 0; i < 3; i++) {
      String after = i == 0 ? "" : expected.get(i - 1);
      Page<Referrer> page = get(service.list(APP, digest("image"), Optional.of("a/b"), after));
      assertThat(page.items())
          .extracting(found -> found.digest().text())
          .containsExactly(expected.get(i));
      assertThat(page.more()).isEqualTo(i < 2);
    }
  }
}
