package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.MetadataContract.refusal;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.StoredBlob;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.Tag;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What every database does with manifests that are deleted. */
public interface ManifestDeletionContract extends MetadataContract {

  @Test
  default void deletesAManifestAndItsTags() {
    get(manifests().put(manifest("old").tags("a", "kept").build()));
    get(manifests().put(manifest("image").tags("a", "b").build()));
    get(manifests().put(manifest("image").in(OTHER).tags("a").build()));
    forgetChanges();
    assertThat(get(manifests().delete(APP, digest("image"), ACTOR)))
        .get(InstanceOfAssertFactories.list(Tag.class))
        .containsExactlyInAnyOrder(new Tag("a"), new Tag("b"));
    assertThat(get(manifests().find(APP, digest("image")))).isEmpty();
    assertThat(get(manifests().find(APP, new Tag("a")))).isEmpty();
    assertThat(get(manifests().find(APP, new Tag("kept")))).isPresent();
    assertThat(get(manifests().find(OTHER, new Tag("a")))).isPresent();
    assertThat(events()).containsExactly("tag.deleted", "tag.deleted", "manifest.deleted");
    assertThat(lastEvent().getString("digest")).isEqualTo(digest("image").text());
    assertThat(copies()).containsExactly("manifest " + digest("image"), "tag a", "tag b");
    assertThat(rows("SELECT name AS value FROM tag_history WHERE digest IS NULL ORDER BY name"))
        .containsExactly("a", "b");
  }

  @Test
  default void deletesAManifestOnce() {
    assertThat(get(manifests().delete(APP, digest("image"), ACTOR))).isEmpty();
    assertNothingWritten();
    get(manifests().put(manifest("image").build()));
    assertThat(get(manifests().delete(APP, digest("image"), ACTOR))).contains(List.of());
    forgetChanges();
    assertThat(get(manifests().delete(APP, digest("image"), ACTOR))).isEmpty();
    assertThat(events()).isEmpty();
    assertThat(copies()).isEmpty();
  }

  @Test
  default void keepsWhatLosesItsNameForTheGrace() {
    StoredBlob layer = commit(APP, "layer");
    commit(OTHER, "layer");
    commit(APP, "unrelated");
    get(manifests().put(manifest("image").blobs(layer).build()));
    get(manifests().put(manifest("child").build()));
    get(manifests().put(manifest("index").children(digest("child")).blobs(layer).build()));
    get(manifests().put(manifest("signature").subject(digest("index")).build()));
    age("manifest");
    age("link");
    get(manifests().delete(APP, digest("index"), ACTOR));
    assertThat(touched("link")).containsExactly(layer.digest().text());
    // A signature loses what kept it.
    assertThat(touched("manifest"))
        .containsExactlyInAnyOrder(digest("child").text(), digest("signature").text());
    assertThat(rows("SELECT manifest AS value FROM reference"))
        .containsExactly(digest("image").text());
  }

  @Test
  default void refusesToDeleteWhatAnIndexNames() {
    get(manifests().put(manifest("child").tags("a").build()));
    get(manifests().put(manifest("index").children(digest("child")).build()));
    get(manifests().put(manifest("child").in(OTHER).build()));
    forgetChanges();
    age("manifest");
    RegistryException refusal =
        refusal(ErrorCode.DELETE_REFUSED, manifests().delete(APP, digest("child"), ACTOR));
    assertThat(refusal.getMessage()).contains(digest("child").text(), digest("index").text());
    assertThat(refusal.detail()).containsEntry("manifest", digest("index").text());
    assertThat(get(manifests().find(APP, new Tag("a")))).isPresent();
    assertThat(events()).isEmpty();
    assertThat(touched("manifest")).isEmpty();
    assertThat(get(manifests().delete(OTHER, digest("child"), ACTOR))).isPresent();
    get(manifests().delete(APP, digest("index"), ACTOR));
    assertThat(get(manifests().delete(APP, digest("child"), ACTOR)))
        .contains(List.of(new Tag("a")));
  }

  @Test
  default void deletesASubjectUnderItsReferrers() {
    get(manifests().put(manifest("image").build()));
    get(manifests().put(manifest("signature").subject(digest("image")).build()));
    assertThat(get(manifests().delete(APP, digest("image"), ACTOR))).isPresent();
    assertThat(get(manifests().find(APP, digest("signature")))).isPresent();
    assertThat(get(manifests().delete(APP, digest("signature"), ACTOR))).isPresent();
  }

  @Test
  default void takesADeletedManifestAgain() {
    StoredBlob layer = commit(APP, "layer");
    PushBuilder image = manifest("image").blobs(layer).tags("a");
    get(manifests().put(image.build()));
    get(manifests().delete(APP, image.digest(), ACTOR));
    get(manifests().put(image.build()));
    assertThat(get(manifests().find(APP, new Tag("a")))).isPresent();
    assertThat(rows("SELECT CAST(version AS TEXT) AS value FROM tag")).containsExactly("3");
    refusal(ErrorCode.DELETE_REFUSED, links().unlink(APP, layer.digest(), ACTOR));
  }
}
